import type { LevelRowFragment, RuleSwitch, ThreatColour } from "../../gql/operations";
import type { Choice } from "../../ui/Picker";

export const LEVEL_FIELDS = [
  "name",
  "rank",
  "colour",
  "releaseRank",
  "ruleSwitch",
  "ruleIds",
  "lockdowns",
  "profiles",
] as const;
export type LevelField = (typeof LEVEL_FIELDS)[number];

/** A door or a zone. Its id says which: `door/…` or `zone/…`. */
export type Place = Choice;

export interface PlaceProfile {
  place: Place;
  profileId: string;
}

/** A threat level as its form holds it. */
export interface LevelDraft {
  name: string;
  rank: string;
  colour: ThreatColour;
  releaseRank: string;
  ruleSwitch: RuleSwitch;
  rules: Choice[];
  lockdowns: Place[];
  profiles: PlaceProfile[];
}

export const NO_LEVEL: LevelDraft = {
  name: "",
  rank: "",
  colour: "YELLOW",
  releaseRank: "50",
  ruleSwitch: "ALL",
  rules: [],
  lockdowns: [],
  profiles: [],
};

export function levelDraft({ name, rank, colour, releaseRank, switches }: LevelRowFragment): LevelDraft {
  return {
    name,
    rank: String(rank),
    colour,
    releaseRank: String(releaseRank),
    ruleSwitch: switches.ruleSwitch,
    rules: switches.rules,
    lockdowns: switches.lockdowns.map(placeOf),
    profiles: switches.profiles.map(({ place, profileId }) => ({ place: placeOf(place), profileId })),
  };
}

type GivenPlace = LevelRowFragment["switches"]["lockdowns"][number];

function placeOf({ doorId, zoneId, name }: GivenPlace): Place {
  return doorId === null ? aZone({ id: zoneId ?? "", name }) : aDoor({ id: doorId, name });
}

export function aDoor({ id, name }: Choice): Place {
  return { id: `door/${id}`, name };
}

export function aZone({ id, name }: Choice): Place {
  return { id: `zone/${id}`, name: `Zone ${name}` };
}

function placeInput({ id }: Place): { doorId: string } | { zoneId: string } {
  const its = id.slice("door/".length);
  return id.startsWith("door/") ? { doorId: its } : { zoneId: its };
}

/** The draft as the API wants it. */
export function levelInput(draft: LevelDraft) {
  return {
    name: draft.name.trim(),
    rank: whole(draft.rank),
    colour: draft.colour,
    releaseRank: whole(draft.releaseRank),
    switches: {
      ruleSwitch: draft.ruleSwitch,
      ruleIds: draft.ruleSwitch === "ALL" ? [] : draft.rules.map(({ id }) => id),
      lockdowns: draft.lockdowns.map(placeInput),
      profiles: draft.profiles.map(({ place, profileId }) => ({ place: placeInput(place), profileId })),
    },
  };
}

/** What is no whole number becomes -1, which the server refuses at its field. */
function whole(typed: string): number {
  return /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : -1;
}
