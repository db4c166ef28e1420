import { durationOf, secondsOf } from "../../api/duration";
import type { AntiPassback, Side, WhenIsolated, ZoneRowFragment } from "../../gql/operations";
import type { Choice } from "../../ui/Picker";

export const ZONE_FIELDS = [
  "name",
  "parentId",
  "antiPassback",
  "timeout",
  "checkExit",
  "forgiveAt",
  "minOccupancy",
  "maxOccupancy",
  "whenIsolated",
  "doors",
] as const;
export type ZoneField = (typeof ZONE_FIELDS)[number];

/** From which side a door leads into the zone; INTERNAL: it stands inside. */
export type Leads = Side | "INTERNAL";

/** A zone as its form holds it. */
export interface ZoneDraft {
  name: string;
  /** Empty: in no other zone. */
  parentId: string;
  antiPassback: AntiPassback;
  timeoutS: string;
  checkExit: boolean;
  /** HH:MM, local; empty: never. */
  forgiveAt: string;
  minOccupancy: string;
  /** Empty: any number. */
  maxOccupancy: string;
  muster: boolean;
  whenIsolated: WhenIsolated;
  doors: { door: Choice; leads: Leads }[];
}

export const NO_ZONE: ZoneDraft = {
  name: "",
  parentId: "",
  antiPassback: "OFF",
  timeoutS: "0",
  checkExit: false,
  forgiveAt: "",
  minOccupancy: "0",
  maxOccupancy: "",
  muster: false,
  whenIsolated: "LOCAL",
  doors: [],
};

export function zoneDraft(zone: ZoneRowFragment): ZoneDraft {
  return {
    name: zone.name,
    parentId: zone.parent?.id ?? "",
    antiPassback: zone.antiPassback,
    timeoutS: String(secondsOf(zone.timeout)),
    checkExit: zone.checkExit,
    forgiveAt: zone.forgiveAt ?? "",
    minOccupancy: String(zone.minOccupancy),
    maxOccupancy: zone.maxOccupancy === null ? "" : String(zone.maxOccupancy),
    muster: zone.muster,
    whenIsolated: zone.whenIsolated,
    doors: zone.doors.map(({ door, enterSide }) => ({ door, leads: enterSide ?? "INTERNAL" })),
  };
}

/** The draft as the API wants it. */
export function zoneInput(draft: ZoneDraft) {
  return {
    name: draft.name.trim(),
    parentId: draft.parentId || null,
    antiPassback: draft.antiPassback,
    timeout: durationOf(whole(draft.timeoutS)),
    checkExit: draft.checkExit,
    forgiveAt: draft.forgiveAt || null,
    minOccupancy: whole(draft.minOccupancy),
    maxOccupancy: draft.maxOccupancy === "" ? null : whole(draft.maxOccupancy),
    muster: draft.muster,
    whenIsolated: draft.whenIsolated,
    doors: draft.doors.map(({ door, leads }) => ({ doorId: door.id, enterSide: leads === "INTERNAL" ? null : leads })),
  };
}

/** What is no whole number becomes -1, which the server refuses at its field. */
function whole(typed: string): number {
  return /^\d+$/.test(typed.trim()) ? Number(typed) : -1;
}

const ANTI_PASSBACK: Record<AntiPassback, string> = { OFF: "Off", SOFT: "Soft: allowed, but reported", HARD: "Hard: denied" };

export const ANTI_PASSBACK_OPTIONS = Object.entries(ANTI_PASSBACK) as [AntiPassback, string][];

/** The zone's anti-passback in a few words. */
export function antiPassbackWords({ antiPassback, timeout }: ZoneRowFragment): string {
  const timeoutS = secondsOf(timeout);
  const [mode = ""] = ANTI_PASSBACK[antiPassback].split(":");
  return antiPassback === "OFF" || timeoutS === 0 ? mode : `${mode}, ${timeoutS} s`;
}

/** How many are inside, of how many. */
export function occupancyWords({ occupancy, maxOccupancy }: ZoneRowFragment): string {
  return maxOccupancy === null ? String(occupancy) : `${occupancy} of ${maxOccupancy}`;
}
