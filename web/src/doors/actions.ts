/** What can be done by hand with a door, or with all doors of a zone. */
export const DOOR_ACTIONS = ["grant", "unlock", "lock", "lockdown", "reset"] as const;
export type DoorAction = (typeof DOOR_ACTIONS)[number];

interface ActionWords {
  label: string;
  meaning: string;
  /** What it brings about, for a question before it; none where nothing can be harmed. */
  danger: string | null;
}

export const ACTION_WORDS: Record<DoorAction, ActionWords> = {
  grant: { label: "Grant access", meaning: "Release once, for the time above.", danger: null },
  unlock: { label: "Unlock", meaning: "Unlocked until the end above, or a reset.", danger: "Anybody can pass, without a card." },
  lock: { label: "Lock", meaning: "Locked until the end above, or a reset; cards still open it.", danger: null },
  lockdown: {
    label: "Lockdown",
    meaning: "Nobody gets in but the exempt, until the end above, or a reset.",
    danger: "Nobody gets in but those who are exempt from lockdown. The way out stays free.",
  },
  reset: { label: "Reset", meaning: "Back to its schedules and rules.", danger: null },
};

/** Which actions have an end time. */
export const WITH_END: ReadonlySet<DoorAction> = new Set(["unlock", "lock", "lockdown"]);

/** How long a grant can be, in ms, with its words; the first is the usual one. */
export const GRANT_TIMES = [
  ["7000", "7 seconds"],
  ["15000", "15 seconds"],
  ["30000", "30 seconds"],
  ["60000", "1 minute"],
  ["300000", "5 minutes"],
  ["900000", "15 minutes"],
  ["3600000", "1 hour"],
] as const;
export type GrantTime = (typeof GRANT_TIMES)[number][0];

const USUAL_GRANT: GrantTime = "7000";
const LONGEST_SETTING_MS = 366 * 24 * 60 * 60 * 1000;

/** The terms of an action as its form holds them. */
export interface TermsDraft {
  reason: string;
  grantTime: GrantTime;
  /** The value of a `datetime-local` field; empty: until a reset. */
  until: string;
}

export const USUAL_TERMS: TermsDraft = { reason: "", grantTime: USUAL_GRANT, until: "" };

/** The terms of an action as the API wants them; null: as usual. */
export interface ActionTerms {
  reason: string;
  until: string | null;
  durationMs: number | null;
}

/** What of the draft is about this action. */
export function termsOf(action: DoorAction, { reason, grantTime, until }: TermsDraft): ActionTerms {
  return {
    reason: reason.trim(),
    until: WITH_END.has(action) && until !== "" ? new Date(until).toISOString() : null,
    durationMs: action === "grant" && grantTime !== USUAL_GRANT ? Number(grantTime) : null,
  };
}

/** What is wrong with the end time, in words; null when it can be sent. */
export function endProblem(until: string, nowMs: number): string | null {
  if (until === "") return null;
  const at = new Date(until).getTime();
  if (Number.isNaN(at)) return "Give the day and the time.";
  if (at <= nowMs) return "The end is later than now.";
  return at > nowMs + LONGEST_SETTING_MS ? "The end is within a year." : null;
}
