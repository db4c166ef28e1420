import type { AnyDeviceFragment, DeviceKind, ReaderType } from "../../gql/operations";
import type { Tone } from "../../ui/Badge";

export const DEVICE_KINDS: Record<DeviceKind, string> = {
  OSDP: "OSDP",
  WIEGAND: "Wiegand",
  IP: "On the network",
  GPIO: "Pins of the controller",
};

/** The types of reader that are devices on the network. */
export const NETWORK_READERS: readonly ReaderType[] = ["IP", "BARCODE_CAMERA", "PLATE_CAMERA"];

/** The kind of device that a reader of this type is; null: it is none. */
export function kindOfReader(type: ReaderType): DeviceKind | null {
  if (type === "OSDP" || type === "WIEGAND") return type;
  return NETWORK_READERS.includes(type) ? "IP" : null;
}

/** What a device is called: as somebody named it, or by what it serves. */
export function titleOf({ kind, name, doorName, readerName }: AnyDeviceFragment): string {
  if (kind === "IP" || kind === "GPIO") return name;
  if (readerName !== null) return `Reader ${readerName}`;
  return doorName === null ? name : `${doorName}, inputs and outputs`;
}

/** Where it is reached. */
export function placeWords({ kind, port, number }: AnyDeviceFragment): string {
  if (kind === "OSDP") return `${port}, address ${number ?? "unknown"}`;
  if (kind === "WIEGAND") return `${port}, channel ${number ?? "unknown"}`;
  return kind === "GPIO" ? port : "sends to its controller";
}

/** A device that locks and inputs can be wired to, in one line. */
export function terminalWords(device: AnyDeviceFragment): string {
  const { inputCount, outputCount } = device;
  const lines = inputCount === null || outputCount === null ? "" : `, ${counted(inputCount, "input")}, ${counted(outputCount, "output")}`;
  return `${titleOf(device)} (${placeWords(device)}${lines})`;
}

/** Who uses it, each with the door that it leads to; null: none. */
export function usersOf({ doorId, doorName, readerName, uses }: AnyDeviceFragment): { words: string; doorId: string | null }[] {
  const reader =
    readerName !== null && doorName !== null ? [{ words: `${doorName}: reader ${readerName}`, doorId }] : [];
  return [...reader, ...uses.map((use) => ({ words: `${use.name}: ${useWords(use)}`, doorId: use.doorId }))];
}

function useWords({ doorId, locks, inputs }: AnyDeviceFragment["uses"][number]): string {
  if (doorId === null) return locks > 0 ? "auxiliary output" : "auxiliary input";
  return [locks > 0 ? counted(locks, "lock") : "", inputs > 0 ? counted(inputs, "input") : ""].filter(Boolean).join(", ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

export type State = "ONLINE" | "OFFLINE" | "UNKNOWN";

export const STATES: Record<State, { tone: Tone; word: string }> = {
  ONLINE: { tone: "good", word: "Online" },
  OFFLINE: { tone: "warning", word: "Offline" },
  UNKNOWN: { tone: "off", word: "Not known" },
};

export function stateOfDevice({ online }: AnyDeviceFragment): State {
  return online === null ? "UNKNOWN" : online ? "ONLINE" : "OFFLINE";
}
