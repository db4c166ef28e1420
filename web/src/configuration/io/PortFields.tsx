
import { useWhole } from "../../api/use-whole";
import { PortDevicesDocument } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";

/** Where something is connected, as a form holds it; no device is chosen as long as its id is empty. */
export interface PortDraft {
  deviceId: string;
  number: string;
}

interface PortFieldsProps {
  /** "Input" or "Output". */
  of: string;
  draft: PortDraft;
  change: (part: Partial<PortDraft>) => void;
  problems: Partial<Record<keyof PortDraft, string | undefined>>;
}

/** Which input or output of which device. */
export function PortFields({ of, draft, change, problems }: PortFieldsProps) {
  const [{ data }] = useWhole({ query: PortDevicesDocument, requestPolicy: "cache-and-network" });
  const devices = data?.portDevices ?? [];
  const several = new Set(devices.map(({ controllerName }) => controllerName)).size > 1;
  const options = devices.map(
    ({ id, name, controllerName }) => [id, several ? `${controllerName}: ${name}` : name] as const,
  );
  if (data?.portDevices.length === 0) {
    return (
      <p className="note-problem">
        No device with inputs and outputs is set up yet. Add an OSDP module or the pins of a controller first.
      </p>
    );
  }
  return (
    <>
      <Select
        label="Device"
        value={draft.deviceId}
        options={[["", "Choose a device"], ...options]}
        onChange={(deviceId) => change({ deviceId })}
        problem={problems.deviceId}
      />
      <Text
        label={`${of} number`}
        hint="As the device numbers them; the first is 0."
        type="number"
        min={0}
        max={255}
        required
        value={draft.number}
        onChange={(number) => change({ number })}
        problem={problems.number}
      />
    </>
  );
}

/** The words of the devices by id, for lists. */
export function useDeviceWords(): (id: string) => string {
  const [{ data }] = useWhole({ query: PortDevicesDocument });
  const names = new Map(data?.portDevices.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? "";
}
