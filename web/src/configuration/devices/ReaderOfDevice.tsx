import { useState } from "react";
import { useQuery } from "urql";

import { type AnyDeviceFragment, DeviceReaderDocument, type ReaderSetupFragment } from "../../gql/operations";
import { CIRCUITS, SUPERVISIONS } from "../doors/hardware-words";
import { ReaderDialog } from "../doors/ReaderDialog";
import { Part } from "../Editor";

interface ReaderOfDeviceProps {
  device: AnyDeviceFragment;
  writable: boolean;
  onChanged: () => void;
}

/** What is set on the reader that a device is: its light, its tamper contact, its keypad. */
export function ReaderOfDevice({ device, writable, onChanged }: ReaderOfDeviceProps) {
  const [changing, setChanging] = useState(false);
  const [{ data }, ask] = useQuery({
    query: DeviceReaderDocument,
    variables: { doorId: device.doorId ?? "" },
    requestPolicy: "cache-and-network",
    pause: device.doorId === null,
  });
  const door = data?.doorConfiguration;
  const reader = door?.readers.find(({ id }) => id === device.readerId);
  if (!door || !reader) return null;
  const reload = (): void => {
    ask({ requestPolicy: "network-only" });
    onChanged();
  };
  return (
    <Part
      title="The reader itself"
      end={
        writable && (
          <button type="button" onClick={() => setChanging(true)}>
            Change the reader
          </button>
        )
      }
    >
      <dl className="state-facts">
        {factsOf(reader).map(([term, words]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {changing && (
        <ReaderDialog
          key={reader.version}
          reader={reader}
          doorId={reader.doorId}
          inCab={door.kind === "FLOOR"}
          onDone={() => {
            setChanging(false);
            reload();
          }}
          onReload={reload}
          onClose={() => setChanging(false)}
        />
      )}
    </Part>
  );
}

function factsOf(reader: ReaderSetupFragment): readonly (readonly [string, string])[] {
  const { hasKeypad, type, side, address } = reader;
  const keypad = hasKeypad === null ? "not known" : hasKeypad ? "yes" : "no";
  const common = [["Side", side], ["Keypad", keypad]] as const;
  if (type !== "WIEGAND") return [...common, ["Address on the network", address || "none"]];
  const circuit = CIRCUITS.find(([each]) => each === reader.tamperWhen)?.[1] ?? reader.tamperWhen;
  const supervision = SUPERVISIONS.find(([each]) => each === reader.supervision)?.[1] ?? reader.supervision;
  return [
    ...common,
    ["Light", reader.ledControl === "DUAL" ? "one wire for red, one for green" : "one wire for both colours"],
    ["Tampered with when", circuit],
    ["Tamper debounce", `${reader.tamperDebounceMs} ms`],
    ["Tamper supervision", supervision],
  ];
}
