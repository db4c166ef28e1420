import type { AllSignalsFragment, OneSignalFragment, ProblemFragment, SignalColour } from "../../gql/operations";
import { wholeNumber } from "../doors/hardware-words";

/** What is shown when, in the order of the form. */
export const OUTCOMES = [
  ["granted", "Access granted", "Duress is shown as this too."],
  ["denied", "Access denied", ""],
  ["waiting", "More is waited for", "A PIN after the card, or a second person."],
  ["lockdown", "Denied in a lockdown", ""],
] as const;

export type Outcome = (typeof OUTCOMES)[number][0];

const PARTS = ["colour", "blinks", "tones", "text"] as const;
type SignalField = `${Outcome}.${(typeof PARTS)[number]}`;
export const SIGNAL_FIELDS = ["name", ...OUTCOMES.flatMap(([outcome]) => PARTS.map((part): SignalField => `${outcome}.${part}`))] as const;

export const COLOURS: readonly (readonly [SignalColour, string])[] = [
  ["NONE", "As it is (no light of its own)"],
  ["RED", "Red"],
  ["GREEN", "Green"],
  ["AMBER", "Amber"],
  ["BLUE", "Blue"],
  ["MAGENTA", "Magenta"],
  ["CYAN", "Cyan"],
  ["WHITE", "White"],
];

/** A signal as its form holds it. */
export interface SignalDraft {
  colour: SignalColour;
  blinks: boolean;
  tones: string;
  text: string;
}

export type SignalsDraft = Record<Outcome, SignalDraft>;

function draftOf({ colour, blinks, tones, text }: OneSignalFragment): SignalDraft {
  return { colour, blinks, tones: String(tones), text };
}

export function signalsDraft(signals: AllSignalsFragment): SignalsDraft {
  const { granted, denied, waiting, lockdown } = signals;
  return { granted: draftOf(granted), denied: draftOf(denied), waiting: draftOf(waiting), lockdown: draftOf(lockdown) };
}

function inputOf({ tones, text, ...rest }: SignalDraft) {
  return { ...rest, tones: wholeNumber(tones), text: text.trim() };
}

export function signalsInput(draft: SignalsDraft) {
  const { granted, denied, waiting, lockdown } = draft;
  return { granted: inputOf(granted), denied: inputOf(denied), waiting: inputOf(waiting), lockdown: inputOf(lockdown) };
}

/** The problems with paths such as ["denied", "tones"] as one part, by which the form knows its fields. */
export function atSignals(problems: readonly ProblemFragment[]): ProblemFragment[] {
  const outcomes = new Set<string>(OUTCOMES.map(([outcome]) => outcome));
  return problems.map((problem) =>
    problem.path.some((part) => outcomes.has(part)) ? { ...problem, path: [problem.path.slice(-2).join(".")] } : problem,
  );
}

/** A signal in words. */
export function signalWords({ colour, blinks, tones, text }: { colour: SignalColour; blinks: boolean; tones: number; text: string }): string {
  const light = colour === "NONE" ? "no light" : `${colour.toLowerCase()}${blinks ? ", blinking," : ""} for 2 s`;
  const sound = tones > 0 ? `, ${tones} ${tones === 1 ? "tone" : "tones"}` : ", silent";
  return `${light}${sound}${text === "" ? "" : `, “${text}”`}`;
}
