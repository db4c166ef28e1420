import { expect, test } from "vitest";

import { clampToRanges, positionAfterGap } from "./gaps";

const RANGES = [
  { start: 0, end: 3 },
  { start: 6, end: 9 },
];

test("inside a range it plays on", () => {
  expect(positionAfterGap(RANGES, 1)).toBeNull();
  expect(positionAfterGap(RANGES, 6)).toBeNull();
});

test("at the end of a range it goes on with the next one", () => {
  expect(positionAfterGap(RANGES, 2.95)).toBe(6);
  expect(positionAfterGap(RANGES, 4.5)).toBe(6);
});

test("a recording that starts late starts with its first frame", () => {
  expect(positionAfterGap([{ start: 0.4, end: 2 }], 0)).toBe(0.4);
});

test("at the end of what has arrived it waits", () => {
  expect(positionAfterGap(RANGES, 8.99)).toBeNull();
  expect(positionAfterGap([], 0)).toBeNull();
});

test("a seek stays within the recording", () => {
  expect(clampToRanges(RANGES, -2)).toBe(0);
  expect(clampToRanges(RANGES, 20)).toBeCloseTo(8.95);
  expect(clampToRanges([], 5)).toBe(0);
});
