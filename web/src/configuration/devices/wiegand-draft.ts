import { secondsOf } from "../../api/duration";
import type { FramingChoiceFragment, KeypadMode, UpdateWiegandDeviceInput, WiegandSetupFragment } from "../../gql/operations";
import { wholeNumber } from "../doors/hardware-words";

export const WIEGAND_FIELDS = ["readerId", "port", "framing", "channel", "baud", "keypad", "pinFacility", "pinDigits"] as const;
export type WiegandField = (typeof WIEGAND_FIELDS)[number];

export const KEYPADS: readonly (readonly [KeypadMode, string])[] = [
  ["NONE", "It sends no keys"],
  ["BURST_4", "4 bits for each key"],
  ["BURST_6", "6 bits for each key"],
  ["BURST_8", "8 bits for each key"],
  ["BUFFERED_26", "A whole PIN as a 26-bit card"],
];

export const CONVERTER_BAUDS = ["1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200", "230400"].map(
  (baud) => [baud, baud] as const,
);

/** A Wiegand reader's place and framing as its form holds it. */
export interface WiegandDraft {
  port: string;
  framing: string;
  channel: string;
  baud: string;
  keypad: KeypadMode;
  pinFacility: string;
  pinDigits: string;
}

export const NEW_WIEGAND: WiegandDraft = {
  port: "",
  framing: "",
  channel: "0",
  baud: "9600",
  keypad: "NONE",
  pinFacility: "",
  pinDigits: "4",
};

export function wiegandDraft(device: WiegandSetupFragment): WiegandDraft {
  return {
    port: device.port,
    framing: device.framing,
    channel: String(device.channel),
    baud: String(device.baud),
    keypad: device.keypad,
    pinFacility: device.pinFacility === null ? "" : String(device.pinFacility),
    pinDigits: String(device.pinDigits),
  };
}

/** The draft as the API wants it: only a keypad that sends whole PINs has a facility code. */
export function wiegandInput(draft: WiegandDraft) {
  const buffered = draft.keypad === "BUFFERED_26";
  return {
    port: draft.port.trim(),
    framing: draft.framing,
    channel: wholeNumber(draft.channel),
    baud: Number(draft.baud),
    keypad: draft.keypad,
    pinFacility: buffered ? wholeNumber(draft.pinFacility) : null,
    pinDigits: buffered ? wholeNumber(draft.pinDigits) : Number(NEW_WIEGAND.pinDigits),
  } satisfies Omit<UpdateWiegandDeviceInput, "id">;
}

/** What a framing can do and what it cannot, in sentences. */
export function framingWords(framing: FramingChoiceFragment): string[] {
  const { cardBits, channels, checked, feedback, tamper, heartbeat, loses } = framing;
  return [
    cardBits === null ? "Cards of 1 to 256 bits." : `Cards of ${cardBits} bits only.`,
    channels === 1 ? "One reader." : `Up to ${channels} readers.`,
    checked ? "With a checksum." : "Without a checksum.",
    feedback ? "Drives the reader’s light and buzzer." : "Cannot drive the reader’s light and buzzer.",
    tamper ? "Tells tampering." : "Does not tell tampering.",
    heartbeat === null ? "Counts as online while its port is open." : `Is offline without a sign every ${secondsOf(heartbeat)} s.`,
    ...(loses === "" ? [] : [loses]),
  ];
}
