import type { BusDeviceFragment, OrderStateFragment, OsdpRowFragment } from "../../gql/operations";
import type { Tone } from "../../ui/Badge";

/** What a device is, in words: its reader, or its inputs and outputs. */
export function servesWords({ role, readerName, doorName }: OsdpRowFragment): string {
  if (role === "READER") return readerName === null ? "A reader" : `Reader ${readerName}`;
  return doorName === null ? "Inputs and outputs" : `Inputs and outputs of ${doorName}`;
}

/** What a device is called: by what it is, unless somebody has given it a name. */
export function deviceTitle(row: OsdpRowFragment): string {
  return row.name.startsWith(row.port) ? servesWords(row) : row.name;
}

/** How a device stands, as a badge. `live` undefined: its controller does not tell. */
export function stateBadge(live: BusDeviceFragment | undefined): { tone: Tone; word: string } {
  if (live === undefined) return { tone: "off", word: "Not known" };
  if (live.online) return { tone: "good", word: "Online" };
  if (live.installMode) return { tone: "warning", word: "Install mode" };
  return { tone: "danger", word: "Offline" };
}

/** What to do about a device that is not online; empty when there is nothing to do. */
export function adviceWords(live: BusDeviceFragment | undefined): string {
  if (live === undefined) return "Its controller does not answer, or has not taken the device in yet.";
  if (live.online) return "";
  if (live.installMode)
    return "Anybody who reaches its wires could give it a key. If it is new, give it its key now; if not, find out who reset or swapped it.";
  return live.problem || "It is being looked for.";
}

const CAPABILITIES: Record<number, string> = {
  1: "Contacts that are watched",
  2: "Outputs",
  3: "Card data",
  4: "Light",
  5: "Buzzer",
  6: "Display",
  7: "Clock",
  8: "CRC",
  9: "Secure channel",
  10: "Largest message it takes",
  11: "Largest message in parts",
  12: "Smart cards",
  13: "Readers behind it",
  14: "Biometrics",
  15: "PIN checks",
  16: "OSDP version",
};

/** A capability in words, with the numbers that the device gave. */
export function capabilityWords({ code, level, items }: BusDeviceFragment["capabilities"][number]): string {
  const name = CAPABILITIES[code] ?? `Function ${code}`;
  return items > 0 ? `${name}: level ${level}, ${items}` : `${name}: level ${level}`;
}

const NUMBER = new Intl.NumberFormat();

/** How many messages went wrong, of how many. */
export function troubleWords({ commands, damaged, unanswered }: BusDeviceFragment["counters"]): string {
  const bad = damaged + unanswered;
  if (commands === 0) return "nothing sent yet";
  if (bad === 0) return `none in ${NUMBER.format(commands)}`;
  const share = Math.max(0.1, (100 * bad) / commands);
  return `${NUMBER.format(bad)} in ${NUMBER.format(commands)} (${share < 10 ? share.toFixed(1) : Math.round(share)} %)`;
}

/** What is under way at a device, for whoever watches it. */
export const ENDINGS: Record<OrderStateFragment["step"], string> = {
  WAITING: "It waits for the device.",
  KEY_SENT: "The key is on its way. Leave the power on.",
  RUNNING: "It is under way.",
  DONE: "Done.",
  FAILED: "It failed.",
  STOPPED: "It was stopped.",
  EXPIRED: "Its time ran out.",
};

export const BAUDS = ["9600", "19200", "38400", "57600", "115200", "230400"].map((baud) => [baud, `${baud} baud`] as const);
