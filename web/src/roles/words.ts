import type { PrivilegeArea } from "../gql/operations";

export const AREAS: readonly (readonly [PrivilegeArea, string])[] = [
  ["CAMERAS", "Cameras"],
  ["RECORDINGS", "Recordings"],
  ["VIEWS", "Views"],
  ["IO", "Inputs and outputs"],
  ["EVENTS", "Log"],
  ["DOORS", "Doors and zones"],
  ["ACCESS", "Access control"],
  ["PEOPLE", "People"],
  ["SYSTEM", "System"],
];

/** How many have a role. */
export function holdersWords(count: number): string {
  if (count === 0) return "Nobody";
  return count === 1 ? "1 user or group" : `${count} users and groups`;
}
