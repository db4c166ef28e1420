import type {
  AnyDeviceFragment,
  Circuit,
  DeviceRowFragment,
  DoorKind,
  InputPurpose,
  LockRank,
  ReaderSetupFragment,
  ReaderType,
  Side,
  Supervision,
} from "../../gql/operations";
import { placeWords, terminalWords } from "../devices/device-words";

/** A device that something of a door may be on: one on an OSDP bus, or one of another kind. */
export type WiredDevice = DeviceRowFragment | AnyDeviceFragment;

export const READER_TYPES: readonly (readonly [ReaderType, string])[] = [
  ["OSDP", "OSDP"],
  ["WIEGAND", "Wiegand"],
  ["IP", "On the network (intercom and the like)"],
  ["BLUETOOTH", "Bluetooth"],
  ["BARCODE_CAMERA", "Camera that reads barcodes"],
  ["PLATE_CAMERA", "Camera that reads licence plates"],
];

export const SIDES: readonly (readonly [Side, string])[] = [
  ["A", "Side A"],
  ["B", "Side B"],
];

export const CIRCUITS: readonly (readonly [Circuit, string])[] = [
  ["CLOSED", "Circuit closed (normally open)"],
  ["OPEN", "Circuit open (normally closed)"],
];

export const SUPERVISIONS: readonly (readonly [Supervision, string])[] = [
  ["NONE", "Not supervised"],
  ["PARALLEL", "Parallel first: 22 kΩ parallel, 4.7 kΩ in series"],
  ["SERIAL", "Serial first: two equal resistors"],
];

export const PURPOSES: Record<InputPurpose, string> = {
  POSITION: "Door position sensor",
  REX: "Request to exit",
  EMERGENCY: "Emergency input",
  TAMPER: "Tamper contact",
};

/** What it means that an input is active. */
export const ACTIVE: Record<InputPurpose, string> = {
  POSITION: "the door is open when",
  REX: "somebody wants to leave when",
  EMERGENCY: "it is an emergency when",
  TAMPER: "it is tampered with when",
};

export const RANKS: Record<LockRank, string> = { PRIMARY: "Primary lock", SECONDARY: "Secondary lock" };

/** The locks on outputs that a kind of door can have. */
export const LOCKS_OF: Record<DoorKind, readonly LockRank[]> = {
  DOOR: ["PRIMARY", "SECONDARY"],
  WIRELESS: [],
  MONITORING: [],
  PROVISIONED: [],
  FLOOR: ["PRIMARY"],
};

/** The inputs that a kind of door can have. */
export const INPUTS_OF: Record<DoorKind, readonly InputPurpose[]> = {
  DOOR: ["POSITION", "REX", "EMERGENCY", "TAMPER"],
  WIRELESS: ["POSITION", "REX", "EMERGENCY", "TAMPER"],
  MONITORING: ["POSITION"],
  PROVISIONED: [],
  FLOOR: ["EMERGENCY"],
};

/** The kinds of door that have readers. */
export const WITH_READERS: readonly DoorKind[] = ["DOOR", "WIRELESS", "FLOOR"];

/** A device in words: what it serves, and where it is found. */
export function deviceWords(device: WiredDevice): string {
  if ("kind" in device) return terminalWords(device);
  const { role, doorName, readerName, port, address } = device;
  const serves = role === "READER" ? `Reader ${readerName ?? ""}` : `${doorName}, inputs and outputs`;
  return `${serves} (${port}, address ${address})`;
}

/** How a reader is connected; `device` is the device that it is. */
export function connectionWords(reader: ReaderSetupFragment, device: WiredDevice | undefined): string {
  const type = READER_TYPES.find(([each]) => each === reader.type)?.[1] ?? reader.type;
  if (device && "kind" in device) return reader.type === "WIEGAND" ? `${type}, ${placeWords(device)}` : `${type}, ${reader.address}`;
  if (reader.type === "WIEGAND") return `${type}, reader port ${reader.port ?? "unknown"}`;
  if (reader.type !== "OSDP") return `${type}, ${reader.address}`;
  return device === undefined ? `${type}, no device yet` : `${type}, ${device.port}, address ${device.address}`;
}

/** What a device's output and inputs may be wired to: the controller itself, or a device of it. */
export function terminals(devices: readonly WiredDevice[]): (readonly [string, string])[] {
  const wired = devices.filter((device) => !("kind" in device) || device.hasWires);
  return [["", "The controller"], ...wired.map((device) => [device.id, deviceWords(device)] as const)];
}

const HIGHEST = 2_147_483_647;

/** A whole number as typed; what is none becomes -1, which the server refuses at its field. */
export function wholeNumber(typed: string): number {
  const value = Math.round(Number(typed));
  return typed.trim() === "" || !Number.isFinite(value) ? -1 : Math.min(value, HIGHEST);
}
