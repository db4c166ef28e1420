import { dateWords } from "../app/clock";
import type { AccessOutcome, AnswerFragment, Side } from "../gql/operations";
import type { Tone } from "../ui/Badge";

/** An outcome in a word, and how it looks. */
export const OUTCOMES: Record<AccessOutcome, { tone: Tone; word: string }> = {
  GRANTED: { tone: "good", word: "Let in" },
  WAITING: { tone: "warning", word: "More is needed" },
  DENIED: { tone: "danger", word: "Denied" },
};

const VERDICTS: Record<AccessOutcome, string> = {
  GRANTED: "would be let through",
  WAITING: "would need more than that at",
  DENIED: "would be denied at",
};

/** The answer as one sentence. */
export function verdict({ cardholder, outcome, door, side }: Pick<AnswerFragment, "cardholder" | "outcome" | "door" | "side">): string {
  return `${cardholder.name} ${VERDICTS[outcome]} ${placeWords(door.name, side)}.`;
}

export function placeWords(door: string, side: Side): string {
  return `${door}, side ${side}`;
}

/** “now, 3 May 2026, 12:00:00” or the time alone. */
export function momentWords(at: string, now: boolean): string {
  return now ? `now (${dateWords(Date.parse(at))})` : `on ${dateWords(Date.parse(at))}`;
}
