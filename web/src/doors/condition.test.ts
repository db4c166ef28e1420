import { expect, test } from "vitest";

import { CONDITIONS, lockAndDoor } from "./condition";

test("every condition has a word of its own", () => {
  const words = Object.values(CONDITIONS).map((each) => each.word);
  expect(new Set(words).size).toBe(words.length);
});

test("what somebody must act on looks like it", () => {
  expect(CONDITIONS.FORCED).toMatchObject({ word: "Forced open", tone: "danger" });
  expect(CONDITIONS.HELD).toMatchObject({ word: "Held open", tone: "warning" });
  expect(CONDITIONS.OFFLINE).toMatchObject({ word: "Offline", tone: "off" });
  expect(CONDITIONS.LOCKED).toMatchObject({ word: "Locked", tone: "calm" });
});

test("lock and door are two facts", () => {
  expect(lockAndDoor("UNLOCKED", "CLOSED")).toBe("Set to unlocked, door closed");
  expect(lockAndDoor("LOCKED", "UNKNOWN")).toBe("Set to locked, door not known");
});
