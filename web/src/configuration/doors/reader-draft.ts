import type { LedControl, UpdateReaderInput, ReaderSetupFragment, ReaderType, Side } from "../../gql/operations";
import type { CircuitDraft } from "./CircuitFields";
import { wholeNumber } from "./hardware-words";

export const READER_FIELDS = [
  "name",
  "side",
  "type",
  "port",
  "address",
  "hasKeypad",
  "pairsMobile",
  "muster",
  "ledControl",
  "tamperWhen",
  "tamperDebounceMs",
  "supervision",
  "resistorOhm",
] as const;
export type ReaderField = (typeof READER_FIELDS)[number];

export type Keypad = "YES" | "NO" | "UNKNOWN";

/** A reader as its form holds it. */
export interface ReaderDraft {
  name: string;
  side: Side;
  type: ReaderType;
  port: string;
  address: string;
  keypad: Keypad;
  pairsMobile: boolean;
  muster: boolean;
  ledControl: LedControl;
  tamper: CircuitDraft;
}

export const NEW_READER: ReaderDraft = {
  name: "",
  side: "A",
  type: "OSDP",
  port: "",
  address: "",
  keypad: "UNKNOWN",
  pairsMobile: false,
  muster: false,
  ledControl: "SINGLE",
  tamper: { activeWhen: "OPEN", debounceMs: "0", supervision: "NONE", resistorOhm: "" },
};

export function readerDraft(reader: ReaderSetupFragment): ReaderDraft {
  return {
    name: reader.name,
    side: reader.side,
    type: reader.type,
    port: reader.port === null ? "" : String(reader.port),
    address: reader.address,
    keypad: reader.hasKeypad === null ? "UNKNOWN" : reader.hasKeypad ? "YES" : "NO",
    pairsMobile: reader.pairsMobile,
    muster: reader.muster,
    ledControl: reader.ledControl,
    tamper: {
      activeWhen: reader.tamperWhen,
      debounceMs: String(reader.tamperDebounceMs),
      supervision: reader.supervision,
      resistorOhm: reader.resistorOhm === null ? "" : String(reader.resistorOhm),
    },
  };
}

export function isCamera(type: ReaderType): boolean {
  return type === "BARCODE_CAMERA" || type === "PLATE_CAMERA";
}

export function isOnNetwork(type: ReaderType): boolean {
  return type !== "OSDP" && type !== "WIEGAND";
}

/** The draft as the API wants it: what a reader of this type does not have goes back to what new ones have. */
export function readerInput(draft: ReaderDraft) {
  const { type, keypad } = draft;
  const wiegand = type === "WIEGAND";
  const { tamper, ledControl } = wiegand ? draft : NEW_READER;
  return {
    name: draft.name.trim(),
    side: draft.side,
    type,
    port: wiegand ? wholeNumber(draft.port) : null,
    address: isOnNetwork(type) ? draft.address.trim() : "",
    hasKeypad: isCamera(type) ? false : keypad === "UNKNOWN" ? null : keypad === "YES",
    pairsMobile: type === "BLUETOOTH" && draft.pairsMobile,
    muster: draft.muster,
    ledControl,
    tamperWhen: tamper.activeWhen,
    tamperDebounceMs: wholeNumber(tamper.debounceMs),
    supervision: tamper.supervision,
    resistorOhm: tamper.supervision === "SERIAL" ? wholeNumber(tamper.resistorOhm) : null,
  } satisfies Omit<UpdateReaderInput, "id">;
}
