import type { DoorKind, DoorSettingsFragment, CreateDoorInput, RelockOn, Side } from "../../gql/operations";

export const DOOR_FIELDS = [
  "name",
  "kind",
  "controllerId",
  "hubAddress",
  "lockAddress",
  "accessTimeMs",
  "longAccessTimeMs",
  "heldAfterMs",
  "longHeldAfterMs",
  "preAlarmMs",
  "relockOn",
  "relockDelayMs",
  "hasPosition",
  "profileId",
  "twoPerson",
  "doubleSwipeTimeoutMs",
  "unlockScheduleIds",
  "firstPerson",
] as const;
export type DoorField = (typeof DOOR_FIELDS)[number];

export const KINDS: readonly (readonly [DoorKind, string])[] = [
  ["DOOR", "Door"],
  ["WIRELESS", "Wireless lock"],
  ["MONITORING", "Monitored door: position only"],
  ["PROVISIONED", "Provisioned: no hardware yet"],
  ["FLOOR", "Elevator floor"],
];

export interface TwoPersonDraft {
  sides: readonly Side[];
  timeoutS: string;
  scheduleIds: readonly string[];
  groupIds: readonly string[];
}

/** A door as its form holds it: times in seconds, as typed. */
export interface DoorDraft {
  name: string;
  kind: DoorKind;
  controllerId: string;
  hubAddress: string;
  lockAddress: string;
  accessTimeS: string;
  longAccessTimeS: string;
  heldAfterS: string;
  longHeldAfterS: string;
  preAlarmS: string;
  relockOn: RelockOn;
  relockDelayS: string;
  forcedAlarm: boolean;
  heldAlarm: boolean;
  rexUnlocks: boolean;
  hasPosition: boolean;
  /** Empty: none. */
  profileId: string;
  twoPerson: TwoPersonDraft | null;
  /** Null: off. */
  doubleSwipeS: string | null;
  escortRequired: boolean;
  unlockScheduleIds: readonly string[];
  /** The groups whose members may be first; null: off. */
  firstPersonGroupIds: readonly string[] | null;
}

export const TWO_PERSON: TwoPersonDraft = { sides: ["A"], timeoutS: "30", scheduleIds: [], groupIds: [] };

/** A new door as the server would make it. */
export const NEW_DOOR: DoorDraft = {
  name: "",
  kind: "PROVISIONED",
  controllerId: "",
  hubAddress: "",
  lockAddress: "",
  accessTimeS: "7",
  longAccessTimeS: "30",
  heldAfterS: "20",
  longHeldAfterS: "60",
  preAlarmS: "0",
  relockOn: "CLOSE",
  relockDelayS: "0",
  forcedAlarm: true,
  heldAlarm: true,
  rexUnlocks: true,
  hasPosition: true,
  profileId: "",
  twoPerson: null,
  doubleSwipeS: null,
  escortRequired: false,
  unlockScheduleIds: [],
  firstPersonGroupIds: null,
};

export function doorDraft(door: DoorSettingsFragment): DoorDraft {
  const { twoPerson } = door;
  return {
    name: door.name,
    kind: door.kind,
    controllerId: door.controllerId ?? "",
    hubAddress: door.hubAddress,
    lockAddress: door.lockAddress,
    accessTimeS: seconds(door.accessTimeMs),
    longAccessTimeS: seconds(door.longAccessTimeMs),
    heldAfterS: seconds(door.heldAfterMs),
    longHeldAfterS: seconds(door.longHeldAfterMs),
    preAlarmS: seconds(door.preAlarmMs),
    relockOn: door.relockOn,
    relockDelayS: seconds(door.relockDelayMs),
    forcedAlarm: door.forcedAlarm,
    heldAlarm: door.heldAlarm,
    rexUnlocks: door.rexUnlocks,
    hasPosition: door.hasPosition,
    profileId: door.profileId ?? "",
    twoPerson: twoPerson && {
      sides: twoPerson.sides,
      timeoutS: seconds(twoPerson.timeoutMs),
      scheduleIds: twoPerson.scheduleIds,
      groupIds: twoPerson.groupIds,
    },
    doubleSwipeS: door.doubleSwipeTimeoutMs === null ? null : seconds(door.doubleSwipeTimeoutMs),
    escortRequired: door.escortRequired,
    unlockScheduleIds: door.unlockScheduleIds,
    firstPersonGroupIds: door.firstPerson && door.firstPerson.groupIds,
  };
}

/** Everything that the draft says, as the API wants it. */
export function doorInput(draft: DoorDraft) {
  const { twoPerson, doubleSwipeS, firstPersonGroupIds } = draft;
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    controllerId: draft.controllerId.trim() || null,
    hubAddress: draft.hubAddress.trim(),
    lockAddress: draft.lockAddress.trim(),
    accessTimeMs: milliseconds(draft.accessTimeS),
    longAccessTimeMs: milliseconds(draft.longAccessTimeS),
    heldAfterMs: milliseconds(draft.heldAfterS),
    longHeldAfterMs: milliseconds(draft.longHeldAfterS),
    preAlarmMs: milliseconds(draft.preAlarmS),
    relockOn: draft.relockOn,
    relockDelayMs: milliseconds(draft.relockDelayS),
    forcedAlarm: draft.forcedAlarm,
    heldAlarm: draft.heldAlarm,
    rexUnlocks: draft.rexUnlocks,
    hasPosition: draft.hasPosition,
    profileId: draft.profileId || null,
    twoPerson: twoPerson && {
      sides: [...twoPerson.sides],
      timeoutMs: milliseconds(twoPerson.timeoutS),
      scheduleIds: [...twoPerson.scheduleIds],
      groupIds: [...twoPerson.groupIds],
    },
    doubleSwipeTimeoutMs: doubleSwipeS === null ? null : milliseconds(doubleSwipeS),
    escortRequired: draft.escortRequired,
    unlockScheduleIds: [...draft.unlockScheduleIds],
    firstPerson: firstPersonGroupIds && { groupIds: [...firstPersonGroupIds] },
  } satisfies CreateDoorInput;
}

/** What differs between two drafts: what a kind of door does not have is refused even if it is as it was. */
export function doorChanges(before: DoorDraft, after: DoorDraft): CreateDoorInput {
  const was: Record<string, unknown> = doorInput(before);
  const changed = Object.entries(doorInput(after)).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(was[field]));
  return Object.fromEntries(changed) as CreateDoorInput;
}

function seconds(ms: number): string {
  return String(ms / 1000);
}

/** What is no number becomes 0, which the server refuses at its field. */
function milliseconds(typed: string): number {
  const ms = Math.round(Number(typed) * 1000);
  return Number.isFinite(ms) ? ms : 0;
}
