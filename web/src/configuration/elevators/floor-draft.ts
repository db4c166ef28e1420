import type { FloorInput, ProblemFragment } from "../../gql/operations";
import { wholeNumber } from "../doors/hardware-words";

const FLOOR_FIELDS = ["name", "relayDeviceId", "relayOutput", "accessTimeMs", "profileId"] as const;
export type FloorField = (typeof FLOOR_FIELDS)[number];

/** A floor to add, as its form holds it. */
export interface FloorDraft {
  name: string;
  /** Empty: the controller. */
  relayDeviceId: string;
  /** Empty: to be wired later. */
  relayOutput: string;
  accessTimeS: string;
  /** Empty: none. */
  profileId: string;
}

export const NEW_FLOOR: FloorDraft = { name: "", relayDeviceId: "", relayOutput: "", accessTimeS: "7", profileId: "" };

export function floorInput(draft: FloorDraft): FloorInput {
  const wired = draft.relayOutput.trim() !== "";
  return {
    name: draft.name.trim(),
    relayOutput: wired ? wholeNumber(draft.relayOutput) : null,
    relayDeviceId: wired ? draft.relayDeviceId || null : null,
    accessTimeMs: wholeNumber(String(Number(draft.accessTimeS) * 1000)),
    profileId: draft.profileId || null,
  };
}

/** The next floor of the same elevator: all but its name and its relay stay. */
export function nextFloor(draft: FloorDraft): FloorDraft {
  return { ...draft, name: "", relayOutput: "" };
}

/** The fields of so many floors, each with its place: "floors.2.name". */
export function fieldsOfFloors(count: number): string[] {
  return Array.from({ length: count }).flatMap((_, at) => FLOOR_FIELDS.map((field) => `floors.${at}.${field}`));
}

/** The relay of a floor is its door's lock: what is wrong with that is put where the form asks for the relay. */
const RELAY: Record<string, FloorField> = { output: "relayOutput", deviceId: "relayDeviceId", rank: "relayOutput" };

/**
 * The problems with the path of a floor's field in one word, as `fieldsOfFloors` names it. What concerns a floor that
 * is added alone has no place in its path: it is the first.
 */
export function ofFloors(problems: readonly ProblemFragment[], alone: boolean): ProblemFragment[] {
  return problems.map((problem) => {
    const { path } = problem;
    const begin = path.indexOf("floors");
    const at = alone ? "0" : path[begin + 1];
    const last = path.at(-1) ?? "";
    if ((begin < 0 && !alone) || at === undefined) return problem;
    return { ...problem, path: [`floors.${at}.${RELAY[last] ?? last}`] };
  });
}
