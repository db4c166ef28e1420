import type { CreateOsdpDeviceInput } from "../../gql/operations";
import { Field } from "../../ui/Field";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { wholeNumber } from "./hardware-words";

export const DEVICE_FIELDS = ["port", "address", "baud", "key", "output", "doorId", "readerId"] as const;
type DeviceField = (typeof DEVICE_FIELDS)[number];

const BAUDS = ["9600", "19200", "38400", "57600", "115200", "230400"].map((baud) => [baud, baud] as const);

/** How a device comes to its key. */
export type KeyWay = "window" | "has" | "shown";

const KEY_WAYS: readonly (readonly [KeyWay, string])[] = [
  ["window", "It is given one in install mode, and nobody sees it"],
  ["has", "It has one already, which I enter"],
  ["shown", "One is made and shown once, to be set on the device"],
];

/** An OSDP device as its form holds it. */
export interface DeviceDraft {
  port: string;
  address: string;
  baud: string;
  keyWay: KeyWay;
  key: string;
  strikeOutput: string;
  positionInput: string;
  rexInput: string;
}

export const NEW_DEVICE: DeviceDraft = {
  port: "",
  address: "0",
  baud: "115200",
  keyWay: "window",
  key: "",
  strikeOutput: "0",
  positionInput: "0",
  rexInput: "1",
};

export function deviceInput(draft: DeviceDraft) {
  return {
    port: draft.port.trim(),
    address: wholeNumber(draft.address),
    baud: Number(draft.baud),
    key: draft.keyWay === "has" ? draft.key.replaceAll(/\s/g, "") : null,
    deriveKey: draft.keyWay === "window",
    strikeOutput: wholeNumber(draft.strikeOutput),
    positionInput: wholeNumber(draft.positionInput),
    rexInput: wholeNumber(draft.rexInput),
  } satisfies Omit<CreateOsdpDeviceInput, "doorId">;
}

interface DeviceFieldsProps {
  draft: DeviceDraft;
  change: (part: Partial<DeviceDraft>) => void;
  problems: Partial<Record<DeviceField, string>>;
  /** Whether it has the inputs and outputs of a door. */
  withWires: boolean;
}

/** Where an OSDP device is found, its key, and what it wires at once. */
export function DeviceFields({ draft, change, problems, withWires }: DeviceFieldsProps) {
  const number = (field: "address" | "strikeOutput" | "positionInput" | "rexInput", label: string, problem?: string) => (
    <Text
      label={label}
      type="number"
      min={0}
      value={draft[field]}
      onChange={(value) => change({ [field]: value })}
      problem={problem}
    />
  );
  return (
    <>
      <Text
        label="Serial port"
        hint="As the controller calls it."
        placeholder="/dev/ttyUSB0"
        required
        value={draft.port}
        onChange={(port) => change({ port })}
        problem={problems.port}
      />
      <div className="form-pair">
        {number("address", "Address, 0 to 126", problems.address)}
        <Select
          label="Baud"
          value={draft.baud}
          options={BAUDS}
          onChange={(baud) => change({ baud })}
          problem={problems.baud}
        />
      </div>
      <Select
        label="Its key"
        hint={draft.keyWay === "window" ? "Once it is added, open it and follow “Give it its first key”." : undefined}
        value={draft.keyWay}
        options={KEY_WAYS}
        onChange={(keyWay) => change({ keyWay })}
      />
      {draft.keyWay === "has" && (
        <Field
          label="Secure-channel key"
          hint="32 hexadecimal digits."
          type="password"
          autoComplete="off"
          spellCheck={false}
          required
          value={draft.key}
          onChange={({ currentTarget }) => change({ key: currentTarget.value })}
          problem={problems.key}
        />
      )}
      {withWires && (
        <>
          <div className="form-pair">
            {number("strikeOutput", "Output of the primary lock", problems.output)}
            {number("positionInput", "Input of the position sensor")}
            {number("rexInput", "Input of the request to exit, side B")}
          </div>
          <p className="quiet">Only what the door does not have yet is wired to it. All of it can be changed afterwards.</p>
        </>
      )}
    </>
  );
}
