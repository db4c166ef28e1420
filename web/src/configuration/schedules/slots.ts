import type { IntervalInput, SlotFragment } from "../../gql/operations";

/** How slots are typed. */
export const SLOTS_HINT = "Such as 08:00-12:00, 13:00-17:00; 22:00-06:00 runs past midnight; empty: nothing.";

const SLOT = /^(\d{1,2})[:.]?(\d{2})?\s*[-–]\s*(\d{1,2})[:.]?(\d{2})?$/;
const ALL_DAY: IntervalInput = { start: "00:00", end: "24:00" };

/** The slots of a typed line: parts from-to, between commas; `all day`. Null: it cannot be read. */
export function parseSlots(typed: string): IntervalInput[] | null {
  const parts = typed
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const slots = parts.map((part) => (/^all day$/i.test(part) ? ALL_DAY : parseSlot(part)));
  return slots.every((slot) => slot !== null) ? slots : null;
}

function parseSlot(part: string): IntervalInput | null {
  const found = SLOT.exec(part);
  if (found === null) return null;
  const [, startHour, startMinute, endHour, endMinute] = found;
  return { start: clock(startHour, startMinute), end: clock(endHour, endMinute) };
}

function clock(hour = "0", minute = "00"): string {
  return `${hour.padStart(2, "0")}:${minute}`;
}

/** The line that reads as these slots; an end on the next day as people write it, if it reads as that: 22:00-06:00. */
export function slotsText(slots: readonly SlotFragment[]): string {
  return slots.map(slotText).join(", ");
}

function slotText({ start, end }: SlotFragment): string {
  const [hour = "0", minute = "00"] = end.split(":");
  const nextDay = clock(String(Number(hour) - 24), minute);
  // An end that is not before the start would be read as one of the same day.
  return Number(hour) >= 24 && end !== "24:00" && nextDay < start ? `${start}-${nextDay}` : `${start}-${end}`;
}

/** The seven lines of a week from its days. */
export function weekTexts(days: readonly { weekday: number; intervals: readonly SlotFragment[] }[]): string[] {
  return Array.from({ length: 7 }, (_, weekday) => {
    const day = days.find((each) => each.weekday === weekday);
    return day ? slotsText(day.intervals) : "";
  });
}
