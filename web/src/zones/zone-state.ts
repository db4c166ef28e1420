import { CONDITIONS } from "../doors/condition";
import type { Door, Doors } from "../doors/door-states";
import type { DoorCondition, ZoneRowFragment } from "../gql/operations";
import type { Tone } from "../ui/Badge";

/** The conditions of doors, the most urgent first. */
const URGENCY = Object.keys(CONDITIONS) as DoorCondition[];

type InZone = Pick<ZoneRowFragment, "id" | "doors" | "parent">;

/** The doors of a zone as they now stand, by name; doors of which nothing is known yet are left out. */
export function doorsOf(zone: Pick<InZone, "doors">, doors: Doors | null): Door[] {
  return zone.doors
    .flatMap(({ door }) => doors?.get(door.id) ?? [])
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** How many doors stand in each condition, the most urgent first. */
export function tally(doors: readonly Door[]): { condition: DoorCondition; count: number }[] {
  return URGENCY.map((condition) => ({
    condition,
    count: doors.filter((door) => door.state.condition === condition).length,
  })).filter(({ count }) => count > 0);
}

/** The same in one line: "1 forced open, 3 locked". */
export function tallyWords(doors: readonly Door[]): string {
  return tally(doors)
    .map(({ condition, count }) => `${count} ${condition === "LOCKDOWN" ? "in lockdown" : CONDITIONS[condition].word.toLowerCase()}`)
    .join(", ");
}

/** The most urgent tone among the doors. */
export function toneOf(doors: readonly Door[]): Tone {
  const [first] = tally(doors);
  return first === undefined ? "off" : CONDITIONS[first.condition].tone;
}

/** Whether other zones lie in this one. */
export function hasNested(zone: Pick<InZone, "id">, zones: readonly InZone[]): boolean {
  return zones.some(({ parent }) => parent?.id === zone.id);
}
