import type { LevelRowFragment, ThreatFragment } from "../gql/operations";
import { may, type Viewer } from "../session/permission";

type Switches = LevelRowFragment["switches"];

/** What a level does while it is in force, as sentences; none when it only shows its name. */
export function effectsOf({ ruleSwitch, rules, lockdowns, profiles }: Switches): string[] {
  const sentences: string[] = [];
  if (lockdowns.length > 0) sentences.push(`Lockdown of ${named(lockdowns)}.`);
  if (ruleSwitch === "DISABLE") sentences.push(`Access rules that do not apply: ${named(rules)}.`);
  if (ruleSwitch === "ONLY") {
    sentences.push(rules.length === 0 ? "No access rule applies." : `Only these access rules apply: ${named(rules)}.`);
  }
  for (const { place, profileName } of profiles) sentences.push(`${place.name} is opened by ${profileName}.`);
  return sentences;
}

function named(things: readonly { name: string }[]): string {
  return things.map(({ name }) => name).join(", ");
}

/** Somebody who may, or may not, change the posture of the site. */
export interface Commander {
  viewer: Pick<Viewer, "permissions">;
  /** 0 to 100. */
  clearance: number;
}

/**
 * Why this level (null: none) cannot be put in force now; null when it can be. The rules are the server's, which checks
 * them again: raising needs `threat.raise`; lowering also `threat.release` and the clearance of the level in force.
 */
export function hindrance(
  wanted: Pick<LevelRowFragment, "id" | "rank"> | null,
  present: Pick<ThreatFragment, "levelId" | "name" | "rank" | "releaseRank"> | null,
  { viewer, clearance }: Commander,
): string | null {
  if ((wanted?.id ?? null) === (present?.levelId ?? null)) return "This is so now.";
  if (wanted !== null && !may(viewer, "threat.raise")) return "You may not raise the threat level.";
  const lowers = present !== null && (wanted === null || wanted.rank < present.rank);
  if (!lowers) return null;
  if (!may(viewer, "threat.release")) return "You may not lower the threat level.";
  if (clearance >= present.releaseRank) return null;
  return `${present.name} is lowered with a clearance of ${present.releaseRank} only; you have ${clearance}.`;
}
