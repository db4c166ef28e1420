import { fromLocalField, toLocalField } from "../../app/clock";
import type { AccessRulePart, DoorSideInput, RuleRowFragment, Side } from "../../gql/operations";
import { type Choice, idsOf } from "../../ui/Picker";

/** The form's fields, named as the API names them, so that its typed errors find them. */
export const RULE_FIELDS = [
  "name",
  "enabled",
  "validFrom",
  "validTo",
  "cardholderIds",
  "groupIds",
  "zoneIds",
  "doorSides",
  "scheduleIds",
] as const;

/** Which sides of a door a rule names. */
export type Sides = "BOTH" | Side;

export interface ChosenDoor {
  door: Choice;
  sides: Sides;
}

/** An access rule as its form holds it. */
export interface RuleDraft {
  name: string;
  enabled: boolean;
  validFrom: string;
  validTo: string;
  /** Null for who may not see cardholders: the rule keeps those that it has. */
  cardholders: Choice[] | null;
  groups: Choice[];
  zones: Choice[];
  doors: ChosenDoor[];
  schedules: Choice[];
}

export const NO_RULE: RuleDraft = {
  name: "",
  enabled: true,
  validFrom: "",
  validTo: "",
  cardholders: [],
  groups: [],
  zones: [],
  doors: [],
  schedules: [],
};

export function ruleDraft(rule: RuleRowFragment): RuleDraft {
  return {
    name: rule.name,
    enabled: rule.enabled,
    validFrom: toLocalField(rule.validFrom),
    validTo: toLocalField(rule.validTo),
    cardholders: rule.cardholders,
    groups: rule.groups,
    zones: rule.zones,
    doors: chosenDoors(rule.doorSides),
    schedules: rule.schedules,
  };
}

/** The doors of a rule, each once: with one side, or with both. */
export function chosenDoors(places: RuleRowFragment["doorSides"]): ChosenDoor[] {
  const found = new Map<string, ChosenDoor>();
  for (const { door, side } of places) found.set(door.id, { door, sides: found.has(door.id) ? "BOTH" : side });
  return [...found.values()];
}

/** What the API calls the draft. `cardholderIds` is left out where the draft does not know them. */
export function ruleInput(draft: RuleDraft) {
  return {
    name: draft.name.trim(),
    enabled: draft.enabled,
    validFrom: fromLocalField(draft.validFrom),
    validTo: fromLocalField(draft.validTo),
    ...(draft.cardholders === null ? {} : { cardholderIds: idsOf(draft.cardholders) }),
    groupIds: idsOf(draft.groups),
    zoneIds: idsOf(draft.zones),
    doorSides: draft.doors.map(
      ({ door, sides }): DoorSideInput => ({ doorId: door.id, side: sides === "BOTH" ? null : sides }),
    ),
    scheduleIds: idsOf(draft.schedules),
  };
}

const PARTS: Record<AccessRulePart, string> = { WHO: "people", WHERE: "places", WHEN: "a schedule" };

/** What an incomplete rule lacks, in words: “people and a schedule”. */
export function missingWords(missing: readonly AccessRulePart[]): string {
  return new Intl.ListFormat("en", { type: "conjunction" }).format(missing.map((part) => PARTS[part]));
}
