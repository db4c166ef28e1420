import type { JobKind, JobRowFragment, JobState } from "../gql/operations";
import type { Tone } from "../ui/Badge";

export const KINDS: readonly (readonly [JobKind, string])[] = [
  ["CARDHOLDERS", "Cardholders, with their groups and cards"],
  ["GROUPS", "Groups"],
  ["ACCESS_RULES", "Access rules"],
];

export const KIND_WORDS: Record<JobKind, string> = {
  CARDHOLDERS: "Cardholders",
  GROUPS: "Groups",
  ACCESS_RULES: "Access rules",
};

export const STATE_WORDS: Record<JobState, string> = {
  QUEUED: "Waiting",
  RUNNING: "Under way",
  DONE: "Done",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

export const STATE_TONES: Record<JobState, Tone> = {
  QUEUED: "notice",
  RUNNING: "notice",
  DONE: "good",
  FAILED: "danger",
  CANCELLED: "off",
};

/** Whether something more will come of a job. */
export function isOpen({ state }: Pick<JobRowFragment, "state">): boolean {
  return state === "QUEUED" || state === "RUNNING";
}

/** How a job stands, in one sentence. */
export function progressWords({ done, total, failed, message }: JobRowFragment): string {
  const lines = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} lines`;
  const refused = failed === 0 ? "" : `, ${failed.toLocaleString("en")} refused`;
  return `${lines}${refused}${message === "" ? "." : `. ${message}`}`;
}
