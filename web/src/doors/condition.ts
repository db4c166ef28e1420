import type { DoorCondition, DoorMode, DoorPosition } from "../gql/operations";

export type ConditionTone = "danger" | "warning" | "notice" | "calm" | "off";

export interface ConditionWords {
  word: string;
  /** What it means for the person at the desk. */
  meaning: string;
  tone: ConditionTone;
}

export const CONDITIONS: Record<DoorCondition, ConditionWords> = {
  OFFLINE: { word: "Offline", meaning: "No contact with the door; its state is not known.", tone: "off" },
  FORCED: { word: "Forced open", meaning: "Opened without a release.", tone: "danger" },
  HELD: { word: "Held open", meaning: "Open for too long.", tone: "warning" },
  LOCKDOWN: { word: "Lockdown", meaning: "Locked; only the exempt get in.", tone: "danger" },
  OPEN: { word: "Open", meaning: "Open after a release.", tone: "notice" },
  UNLOCKED: { word: "Unlocked", meaning: "Anyone can pass.", tone: "notice" },
  RELEASED: { word: "Released", meaning: "Released for one passage.", tone: "notice" },
  LOCKED: { word: "Locked", meaning: "Closed and locked.", tone: "calm" },
};

const MODE_WORDS: Record<DoorMode, string> = { LOCKED: "locked", UNLOCKED: "unlocked", LOCKDOWN: "lockdown" };
const POSITION_WORDS: Record<DoorPosition, string> = { UNKNOWN: "not known", CLOSED: "closed", OPEN: "open" };

/** The two facts behind the condition: how the lock is set, and how the door stands. */
export function lockAndDoor(mode: DoorMode, position: DoorPosition): string {
  return `Set to ${MODE_WORDS[mode]}, door ${POSITION_WORDS[position]}`;
}
