import type { Role, SecondFactorRule, UserKind, UserRowFragment } from "../gql/operations";

export const ROLES: readonly (readonly [Role, string])[] = [
  ["ADMINISTRATOR", "Administrator"],
  ["OPERATOR", "Operator"],
  ["VIEWER", "Viewer"],
  ["NONE", "None: what further roles give"],
];

export const ROLE_HINTS: Record<Role, string> = {
  ADMINISTRATOR: "May do everything, users included.",
  OPERATOR: "Works the doors and looks after people and their cards; changes no configuration.",
  VIEWER: "Watches doors and cameras live; sees no recordings, no log and no people.",
  NONE: "May do what further roles and groups give, everywhere or at some places.",
};

export const KINDS: readonly (readonly [UserKind, string])[] = [
  ["PERSON", "A person"],
  ["SERVICE", "A program (service account)"],
];

export const SECOND_FACTORS: readonly (readonly [SecondFactorRule, string])[] = [
  ["OPTIONAL", "Whoever wants to"],
  ["ADMINISTRATORS", "Every administrator"],
  ["EVERYBODY", "Everybody"],
];

export function roleWords(role: Role): string {
  return role === "NONE" ? "None" : (ROLES.find(([each]) => each === role)?.[1] ?? role);
}

/** What keeps a user from working now, if anything does. */
export function stateOf({ enabled, kind, waitsUntil, firstToDo }: UserRowFragment): { tone: "off" | "warning" | "notice" | "good"; word: string } {
  if (!enabled) return { tone: "off", word: "Disabled" };
  if (waitsUntil !== null) return { tone: "warning", word: "Waits after failures" };
  if (firstToDo === "CHANGE_PASSWORD") return { tone: "notice", word: "Must change password" };
  if (firstToDo === "ADD_SECOND_FACTOR") return { tone: "notice", word: "Needs a second factor" };
  return { tone: "good", word: kind === "SERVICE" ? "Program" : "Can sign in" };
}
