import { expect, test } from "vitest";

import { parseSlots, slotsText, weekTexts } from "./slots";

test("slots are read as people type them", () => {
  expect(parseSlots("")).toEqual([]);
  expect(parseSlots("8-12, 13:00 – 17:30")).toEqual([
    { start: "08:00", end: "12:00" },
    { start: "13:00", end: "17:30" },
  ]);
  expect(parseSlots("22:00-06:00; ")).toEqual([{ start: "22:00", end: "06:00" }]);
  expect(parseSlots("all day")).toEqual([{ start: "00:00", end: "24:00" }]);
  expect(parseSlots("0800-1200")).toEqual([{ start: "08:00", end: "12:00" }]);
});

test("what is no slot is not guessed at", () => {
  for (const typed of ["8", "8-", "from 8 to 12", "8:0-12", "8-12 13-17"]) expect(parseSlots(typed)).toBeNull();
});

test("slots are written as they are read, with ends after midnight as people write them", () => {
  const slots = [
    { start: "08:00", end: "12:00" },
    { start: "22:00", end: "30:00" },
  ];
  expect(slotsText(slots)).toBe("08:00-12:00, 22:00-06:00");
  expect(slotsText([{ start: "00:00", end: "24:00" }])).toBe("00:00-24:00");
  expect(slotsText([{ start: "12:00", end: "24:30" }])).toBe("12:00-00:30");
  expect(slotsText([{ start: "08:00", end: "34:00" }])).toBe("08:00-34:00");
  expect(slotsText([{ start: "10:00", end: "34:00" }])).toBe("10:00-34:00");
  expect(weekTexts([{ weekday: 6, intervals: slots }])).toEqual(["", "", "", "", "", "", "08:00-12:00, 22:00-06:00"]);
});
