import { expect, test } from "vitest";

import { positionAfterGap, reachable } from "./gaps";

const RANGES = [
  { start: 0, end: 3 },
  { start: 6, end: 9 },
];

test("inside a range it plays on", () => {
  expect(positionAfterGap(RANGES, 1, true)).toBeNull();
  expect(positionAfterGap(RANGES, 2.95, false)).toBeNull();
  expect(positionAfterGap(RANGES, 6, true)).toBeNull();
});

test("a video that has stopped at the last frame of a range goes on with the next one", () => {
  expect(positionAfterGap(RANGES, 2.8, true)).toBe(6);
});

test("a position where nothing is recorded leads to the next range, playing or not", () => {
  expect(positionAfterGap(RANGES, 4.5, false)).toBe(6);
});

test("a recording that starts late starts with its first frame", () => {
  expect(positionAfterGap([{ start: 0.4, end: 2 }], 0, false)).toBe(0.4);
});

test("at the end of what has arrived it waits", () => {
  expect(positionAfterGap(RANGES, 8.99, true)).toBeNull();
  expect(positionAfterGap([], 0, true)).toBeNull();
});

test("a seek stays within the recording", () => {
  expect(reachable(RANGES, -2, 1)).toBe(0);
  expect(reachable(RANGES, 2, 1)).toBe(2);
  expect(reachable(RANGES, 20, 7)).toBeCloseTo(8.95);
  expect(reachable([], 5, 0)).toBe(0);
});

test("a seek into a gap comes out on its far side, in either direction", () => {
  expect(reachable(RANGES, 4, 2.9)).toBe(6);
  expect(reachable(RANGES, 5.9, 6)).toBeCloseTo(2.95);
});
