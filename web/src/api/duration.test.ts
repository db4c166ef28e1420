import { expect, test } from "vitest";

import { durationOf, secondsOf } from "./duration";

test.each([
  [0, "PT0S"],
  [7, "PT7S"],
  [0.5, "PT0.5S"],
  [90, "PT1M30S"],
  [5400, "PT1H30M"],
  [86_400, "P1D"],
  [259_261.25, "P3DT1M1.25S"],
])("%s seconds are %s", (seconds, text) => {
  expect(durationOf(seconds)).toBe(text);
  expect(secondsOf(text)).toBe(seconds);
});

test("weeks are read too", () => {
  expect(secondsOf("P2W")).toBe(1_209_600);
});

test.each([-1, Number.NaN])("what is no length of time (%s) is one that the server refuses", (seconds) => {
  expect(durationOf(seconds)).toBe("-PT1S");
  expect(secondsOf("-PT1S")).toBe(-1);
});
