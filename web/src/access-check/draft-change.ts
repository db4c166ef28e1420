import type { DraftChangeInput } from "../gql/operations";
import type { Permission } from "../session/permission";
import type { Choice } from "../ui/Picker";

/** A change that is only tried out. */
export interface DraftChange {
  /** What it does, for people. */
  words: string;
  input: DraftChangeInput;
}

/** What a kind of change must be told. */
export type Part = "rule" | "person" | "group" | "level";

export type Parts = Record<Part, Choice | null>;

export const NO_PARTS: Parts = { rule: null, person: null, group: null, level: null };

interface Kind {
  label: string;
  permission: Permission;
  parts: readonly Part[];
  /** The change about what was chosen; called when all parts are there. */
  change: (chosen: Record<Part, Choice>) => DraftChange;
}

export type KindName =
  | "disableRule"
  | "enableRule"
  | "deleteRule"
  | "addMember"
  | "removeMember"
  | "suspend"
  | "deletePerson"
  | "setLevel"
  | "releaseLevel";

export const KINDS: Record<KindName, Kind> = {
  disableRule: {
    label: "Disable an access rule",
    permission: "access.assign",
    parts: ["rule"],
    change: ({ rule }) => ({ words: `Disable ${rule.name}`, input: { updateAccessRule: { id: rule.id, enabled: false } } }),
  },
  enableRule: {
    label: "Enable an access rule",
    permission: "access.assign",
    parts: ["rule"],
    change: ({ rule }) => ({ words: `Enable ${rule.name}`, input: { updateAccessRule: { id: rule.id, enabled: true } } }),
  },
  deleteRule: {
    label: "Delete an access rule",
    permission: "access.assign",
    parts: ["rule"],
    change: ({ rule }) => ({ words: `Delete ${rule.name}`, input: { deleteAccessRule: { id: rule.id } } }),
  },
  addMember: {
    label: "Add a cardholder to a group",
    permission: "cardholder.write",
    parts: ["person", "group"],
    change: ({ person, group }) => ({
      words: `Add ${person.name} to ${group.name}`,
      input: { addGroupMembers: { id: group.id, cardholderIds: [person.id] } },
    }),
  },
  removeMember: {
    label: "Take a cardholder out of a group",
    permission: "cardholder.write",
    parts: ["person", "group"],
    change: ({ person, group }) => ({
      words: `Take ${person.name} out of ${group.name}`,
      input: { removeGroupMembers: { id: group.id, cardholderIds: [person.id] } },
    }),
  },
  suspend: {
    label: "Suspend a cardholder",
    permission: "cardholder.write",
    parts: ["person"],
    change: ({ person }) => ({
      words: `Suspend ${person.name}`,
      input: { updateCardholder: { id: person.id, suspended: true } },
    }),
  },
  deletePerson: {
    label: "Delete a cardholder",
    permission: "cardholder.write",
    parts: ["person"],
    change: ({ person }) => ({ words: `Delete ${person.name}`, input: { deleteCardholder: { id: person.id } } }),
  },
  setLevel: {
    label: "Set a threat level in force",
    permission: "threat.raise",
    parts: ["level"],
    change: ({ level }) => ({ words: `Set ${level.name} in force`, input: { setThreatLevel: { levelId: level.id } } }),
  },
  releaseLevel: {
    label: "Release the threat level in force",
    permission: "threat.release",
    parts: [],
    change: () => ({ words: "Release the threat level in force", input: { releaseThreatLevel: true } }),
  },
};

/** The change of a kind about what was chosen; null while something is missing. */
export function changeOf(name: KindName, chosen: Parts): DraftChange | null {
  const { parts, change } = KINDS[name];
  return parts.every((part) => chosen[part] !== null) ? change(chosen as Record<Part, Choice>) : null;
}
