import { endProblem } from "../doors/actions";
import type { OutputAction } from "../gql/operations";

interface ActionWords {
  label: string;
  meaning: string;
}

/** What can be done with an output by hand. */
export const OUTPUT_ACTIONS = ["ON", "OFF", "PULSE", "AUTO"] as const satisfies readonly OutputAction[];

export const OUTPUT_WORDS: Record<OutputAction, ActionWords> = {
  ON: { label: "Switch on", meaning: "On until the end above, or until it is given back; its rules do not move it." },
  OFF: { label: "Switch off", meaning: "Off until the end above, or until it is given back; its rules do not move it." },
  PULSE: { label: "Pulse", meaning: "On for the time above, then back to its rules." },
  AUTO: { label: "Back to its rules", meaning: "As its rules want it, from now on." },
};

/** How long a pulse can be, in ms, with its words. */
export const PULSE_TIMES = [
  ["1000", "1 second"],
  ["3000", "3 seconds"],
  ["10000", "10 seconds"],
  ["30000", "30 seconds"],
  ["60000", "1 minute"],
  ["300000", "5 minutes"],
  ["900000", "15 minutes"],
  ["3600000", "1 hour"],
] as const;
export type PulseTime = (typeof PULSE_TIMES)[number][0];

/** The terms of an action as its form holds them. */
export interface OutputTermsDraft {
  reason: string;
  pulseTime: PulseTime;
  /** The value of a `datetime-local` field; empty: until it is given back. */
  until: string;
}

export const USUAL_OUTPUT_TERMS: OutputTermsDraft = { reason: "", pulseTime: "3000", until: "" };

/** The terms of an action as the API wants them. */
export interface OutputTerms {
  reason: string;
  until: string | null;
  pulseMs: number | null;
}

const hasEnd = (action: OutputAction): boolean => action === "ON" || action === "OFF";

/** What of the draft is about this action. */
export function outputTerms(action: OutputAction, { reason, pulseTime, until }: OutputTermsDraft): OutputTerms {
  return {
    reason: reason.trim(),
    until: hasEnd(action) && until !== "" ? new Date(until).toISOString() : null,
    pulseMs: action === "PULSE" ? Number(pulseTime) : null,
  };
}

/** What is wrong with the end time for this action, in words; null when it can be sent. */
export function outputEndProblem(action: OutputAction, until: string, nowMs: number): string | null {
  return hasEnd(action) ? endProblem(until, nowMs) : null;
}
