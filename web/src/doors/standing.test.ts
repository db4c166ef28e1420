import { expect, test } from "vitest";

import { standingWords } from "./standing";

const NOON = new Date(2026, 2, 2, 12, 0).getTime();
const at = (...parts: [number, number, number, number, number]): string => new Date(...parts).toISOString();

test("what somebody set is told with who and until when", () => {
  const manual = { setting: "LOCKDOWN", until: at(2026, 2, 2, 14, 30), setBy: "eve" } as const;
  expect(standingWords({ source: "OPERATOR", manual }, NOON)).toBe("In lockdown by eve, until 14:30.");
});

test("an end on another day is told with its day, and who is not known is not guessed", () => {
  const manual = { setting: "LOCKED", until: at(2026, 2, 3, 8, 0), setBy: null } as const;
  expect(standingWords({ source: "OPERATOR", manual }, NOON)).toMatch(/^Locked by hand, until .*3.*, 08:00\.$/);
});

test("what is set by hand is told even while something stronger decides", () => {
  const manual = { setting: "UNLOCKED", until: null, setBy: "eve" } as const;
  const words = standingWords({ source: "THREAT_LEVEL", manual }, NOON);
  expect(words).toBe("By the threat level. Afterwards unlocked by eve, until reset.");
  expect(standingWords({ source: "EMERGENCY", manual: null }, NOON)).toBe("By the emergency input.");
});

test("a door that follows its rules needs no words", () => {
  expect(standingWords({ source: "REST", manual: null }, NOON)).toBeNull();
  expect(standingWords({ source: "SCHEDULE", manual: null }, NOON)).toBe("By its schedule.");
});
