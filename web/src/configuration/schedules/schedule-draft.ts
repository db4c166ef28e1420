import type { IntervalInput, ScheduleDetailFragment, ScheduleKind } from "../../gql/operations";
import type { Choice } from "../../ui/Picker";
import { idsOf } from "../../ui/Picker";
import { parseSlots, slotsText, weekTexts } from "./slots";

export const SCHEDULE_FIELDS = ["name", "kind", "days", "periods", "overrides", "overrideScheduleIds", "firstDay", "lastDay"] as const;
export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** A date range with a week of its own; of a daily schedule only the first line counts. */
export interface PeriodDraft {
  firstDay: string;
  lastDay: string;
  week: string[];
}

/** A schedule as its form holds it: slots as typed lines. */
export interface ScheduleDraft {
  name: string;
  kind: ScheduleKind;
  week: string[];
  periods: PeriodDraft[];
  overrides: { date: string; slots: string }[];
  overrideSchedules: Choice[];
  firstDay: string;
  lastDay: string;
}

export const NO_WEEK = WEEKDAYS.map(() => "");

export const NO_SCHEDULE: ScheduleDraft = {
  name: "",
  kind: "WEEKLY",
  week: NO_WEEK,
  periods: [],
  overrides: [],
  overrideSchedules: [],
  firstDay: "",
  lastDay: "",
};

export function scheduleDraft(schedule: ScheduleDetailFragment): ScheduleDraft {
  return {
    name: schedule.name,
    kind: schedule.kind,
    week: weekTexts(schedule.days),
    periods: schedule.periods.map(({ firstDay, lastDay, days }) => ({ firstDay, lastDay, week: weekTexts(days) })),
    overrides: schedule.overrides.map(({ date, intervals }) => ({ date, slots: slotsText(intervals) })),
    overrideSchedules: schedule.overrideSchedules,
    firstDay: schedule.firstDay ?? "",
    lastDay: schedule.lastDay ?? "",
  };
}

/** Whether every typed line can be read; only then `scheduleInput` says what was meant. */
export function readable({ kind, week, periods, overrides }: ScheduleDraft): boolean {
  const lines = [
    ...(kind === "WEEKLY" ? week : []),
    ...periods.flatMap((period) => (kind === "WEEKLY" ? period.week : period.week.slice(0, 1))),
    ...overrides.map(({ slots }) => slots),
  ];
  return lines.every((line) => parseSlots(line) !== null);
}

/** The draft as the API wants it. */
export function scheduleInput(draft: ScheduleDraft) {
  return { name: draft.name.trim(), ...termsInput(draft) };
}

/** When the draft applies, without its name. */
export function termsInput(draft: ScheduleDraft) {
  const weekly = draft.kind === "WEEKLY";
  return {
    kind: draft.kind,
    days: weekly ? daysOf(draft.week) : [],
    periods: draft.periods.map(({ firstDay, lastDay, week }) => ({
      firstDay,
      lastDay: lastDay || firstDay,
      days: weekly ? daysOf(week) : [],
      everyDay: weekly ? [] : slotsOf(week[0]),
    })),
    overrides: draft.overrides.map(({ date, slots }) => ({ date, intervals: slotsOf(slots) })),
    overrideScheduleIds: idsOf(draft.overrideSchedules),
    firstDay: draft.firstDay || null,
    lastDay: draft.lastDay || null,
  };
}

function daysOf(week: readonly string[]) {
  return week
    .map((slots, weekday) => ({ weekday, intervals: slotsOf(slots) }))
    .filter(({ intervals }) => intervals.length > 0);
}

function slotsOf(typed = ""): IntervalInput[] {
  return parseSlots(typed) ?? [];
}
