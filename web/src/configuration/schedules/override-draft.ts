import type { OverrideDetailFragment } from "../../gql/operations";
import { type Choice, idsOf } from "../../ui/Picker";
import { parseSlots, slotsText } from "./slots";

export const OVERRIDE_FIELDS = ["name", "intervals", "dates", "calendarIds", "cutsMidnight"] as const;

/** Dates of an override schedule; `slots` null: those of the override schedule. */
export interface DatesDraft {
  firstDay: string;
  lastDay: string;
  yearly: boolean;
  slots: string | null;
}

/** An override schedule as its form holds it. */
export interface OverrideDraft {
  name: string;
  slots: string;
  dates: DatesDraft[];
  calendars: Choice[];
  cutsMidnight: boolean;
}

export const NO_OVERRIDE: OverrideDraft = { name: "", slots: "", dates: [], calendars: [], cutsMidnight: false };

export function overrideDraft(override: OverrideDetailFragment): OverrideDraft {
  return {
    name: override.name,
    slots: slotsText(override.intervals),
    dates: override.dates.map(({ firstDay, lastDay, yearly, intervals }) => ({
      firstDay,
      lastDay: lastDay === firstDay ? "" : lastDay,
      yearly,
      slots: intervals === null ? null : slotsText(intervals),
    })),
    calendars: override.calendars,
    cutsMidnight: override.cutsMidnight,
  };
}

/** Whether every typed line of slots can be read. */
export function overrideReadable({ slots, dates }: OverrideDraft): boolean {
  return [slots, ...dates.map((each) => each.slots ?? "")].every((line) => parseSlots(line) !== null);
}

/** The draft as the API wants it. */
export function overrideInput(draft: OverrideDraft) {
  return {
    name: draft.name.trim(),
    intervals: parseSlots(draft.slots) ?? [],
    dates: draft.dates.map(({ firstDay, lastDay, yearly, slots }) => ({
      firstDay,
      lastDay: lastDay || null,
      yearly,
      intervals: slots === null ? null : (parseSlots(slots) ?? []),
    })),
    calendarIds: idsOf(draft.calendars),
    cutsMidnight: draft.cutsMidnight,
  };
}
