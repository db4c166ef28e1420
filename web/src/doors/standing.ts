import { clockMinute, otherDay } from "../app/clock";
import type { DoorSetting } from "../gql/operations";
import type { Door } from "./door-states";

const SETTING_WORDS: Record<DoorSetting, string> = {
  RULES: "following its rules",
  LOCKED: "locked",
  UNLOCKED: "unlocked",
  LOCKDOWN: "in lockdown",
};

type Standing = Pick<Door["state"], "source" | "manual">;

/** Who or what decides how the door stands, and until when; null when it simply follows its rules. */
export function standingWords({ source, manual }: Standing, nowMs: number): string | null {
  const byHand = manual === null ? null : `${SETTING_WORDS[manual.setting]} ${setByWords(manual, nowMs)}`;
  const afterwards = byHand === null ? "" : ` Afterwards ${byHand}`;
  switch (source) {
    case "EMERGENCY":
      return `By the emergency input.${afterwards}`;
    case "THREAT_LEVEL":
      return `By the threat level.${afterwards}`;
    case "OPERATOR":
      return byHand === null ? null : capitalised(byHand);
    case "CARDHOLDER":
      return "By a double swipe.";
    case "SCHEDULE":
      return "By its schedule.";
    case "REST":
      return null;
  }
}

function setByWords({ setBy, until }: NonNullable<Standing["manual"]>, nowMs: number): string {
  return `by ${setBy ?? "hand"}, until ${until === null ? "reset" : untilWords(Date.parse(until), nowMs)}.`;
}

function untilWords(ms: number, nowMs: number): string {
  const day = otherDay(ms, nowMs);
  return day === null ? clockMinute(ms) : `${day}, ${clockMinute(ms)}`;
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
