import { expect, test } from "vitest";

import { lengthS, offsetWords, positionS, wallClockMs } from "./media-time";

const START = Date.parse("2026-03-29T00:59:58.500Z");

test("a position is so many seconds after the clip's start", () => {
  expect(new Date(wallClockMs(START, 2.25)).toISOString()).toBe("2026-03-29T01:00:00.750Z");
  expect(positionS(START, START + 2250)).toBe(2.25);
});

test("a moment before the clip has a negative position", () => {
  expect(positionS(START, START - 500)).toBe(-0.5);
});

test("the distance to the event has a sign", () => {
  expect(offsetWords(START - 3210, START)).toBe("−3.2 s");
  expect(offsetWords(START + 40, START)).toBe("+0.0 s");
});

test("a growing clip is as long as was asked for, a complete one as long as it is", () => {
  const clip = { startsAtMs: START, endsAtMs: START + 15_000, complete: false };
  expect(lengthS(clip, 4)).toBe(15);
  expect(lengthS({ ...clip, complete: true }, 14.9)).toBe(14.9);
});
