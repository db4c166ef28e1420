import type { LevelRowFragment, ThreatFragment } from "../gql/operations";

/** A level that puts a zone in lockdown, unless told otherwise. */
export function aLevel(given: Partial<LevelRowFragment> = {}): LevelRowFragment {
  return {
    id: "l1",
    name: "Intruder",
    rank: 80,
    colour: "VERMILION",
    releaseRank: 50,
    switches: {
      ruleSwitch: "ALL",
      rules: [],
      lockdowns: [{ doorId: null, zoneId: "z1", name: "Building" }],
      profiles: [],
    },
    version: 3,
    ...given,
  };
}

/** The same level in force. */
export function aThreat(given: Partial<ThreatFragment> = {}): ThreatFragment {
  return {
    levelId: "l1",
    name: "Intruder",
    rank: 80,
    colour: "VERMILION",
    releaseRank: 50,
    since: "2026-03-02T12:00:00+00:00",
    userName: "eve",
    reason: "glass broken",
    ...given,
  };
}
