import { clockMinute, clockTime, otherDay } from "../app/clock";
import type { InputState } from "../gql/operations";
import type { Tone } from "../ui/Badge";
import type { OutputNow } from "./line-states";

interface StateWords {
  word: string;
  tone: Tone;
}

export const INPUT_STATES: Record<InputState, StateWords> = {
  ACTIVE: { word: "Active", tone: "notice" },
  NORMAL: { word: "At rest", tone: "calm" },
  OPEN: { word: "Wire cut", tone: "warning" },
  SHORT: { word: "Short circuit", tone: "warning" },
  FAULT: { word: "Line broken", tone: "warning" },
  UNKNOWN: { word: "Not known", tone: "off" },
};

/** Whether an output is on, in a word. */
export function outputState(on: boolean | null): StateWords {
  if (on === null) return { word: "Not known", tone: "off" };
  return on ? { word: "On", tone: "notice" } : { word: "Off", tone: "calm" };
}

/** By what or whom an output is as it is, and until when; null when it is simply left to its rules. */
export function outputStanding({ ruleName, hold }: Pick<OutputNow, "ruleName" | "hold">, nowMs: number): string | null {
  if (hold === null) return ruleName === null ? null : `By the rule ${ruleName}.`;
  const who = hold.setBy ?? "hand";
  const until = hold.until === null ? null : untilWords(Date.parse(hold.until), nowMs);
  if (hold.action === "PULSE") return `Pulse by ${who}, until ${until ?? "its end"}.`;
  const held = hold.action === "OFF" ? "Held off" : "Held on";
  return `${held} by ${who}, until ${until ?? "it is given back to its rules"}.`;
}

function untilWords(ms: number, nowMs: number): string {
  const day = otherDay(ms, nowMs);
  const near = Math.abs(ms - nowMs) < 2 * 3_600_000;
  return day === null ? (near ? clockTime(ms) : clockMinute(ms)) : `${day}, ${clockMinute(ms)}`;
}
