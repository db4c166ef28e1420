import { expect, test } from "vitest";

import { aLevel, aThreat } from "../testing/threats";
import { effectsOf, hindrance } from "./posture";

const BOTH = { viewer: { permissions: ["threat.raise", "threat.release"] }, clearance: 50 };

test("what a level switches is told by name", () => {
  const { switches } = aLevel({
    switches: {
      ruleSwitch: "ONLY",
      rules: [{ id: "r1", name: "Guards" }],
      lockdowns: [{ doorId: null, zoneId: "z1", name: "Building" }],
      profiles: [{ place: { doorId: "d1", zoneId: null, name: "Office" }, profileId: "p1", profileName: "Card and PIN" }],
    },
  });
  expect(effectsOf(switches)).toEqual([
    "Lockdown of Building.",
    "Only these access rules apply: Guards.",
    "Office is opened by Card and PIN.",
  ]);
  expect(effectsOf({ ...switches, rules: [], lockdowns: [], profiles: [] })).toEqual(["No access rule applies."]);
});

test("raising needs no clearance, lowering that of the level in force", () => {
  const present = aThreat({ rank: 50, releaseRank: 80, name: "High" });
  expect(hindrance(aLevel({ id: "up", rank: 90 }), present, BOTH)).toBeNull();
  expect(hindrance(aLevel({ id: "down", rank: 10 }), present, BOTH)).toMatch(/clearance of 80 only; you have 50/);
  expect(hindrance(null, present, BOTH)).toMatch(/clearance of 80/);
  expect(hindrance(null, present, { ...BOTH, clearance: 80 })).toBeNull();
});

test("each act needs its permission", () => {
  const nobody = { viewer: { permissions: [] }, clearance: 100 };
  expect(hindrance(aLevel({ id: "up" }), null, nobody)).toBe("You may not raise the threat level.");
  const raiser = { viewer: { permissions: ["threat.raise"] }, clearance: 100 };
  expect(hindrance(null, aThreat(), raiser)).toBe("You may not lower the threat level.");
});

test("what is so already cannot be chosen", () => {
  expect(hindrance(null, null, BOTH)).toBe("This is so now.");
  expect(hindrance(aLevel({ id: "l1" }), aThreat({ levelId: "l1" }), BOTH)).toBe("This is so now.");
});
