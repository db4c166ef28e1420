import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Client } from "urql";

import { sentenceOf } from "../api/client";
import { ACTION_WORDS, type ActionTerms, type DoorAction } from "../doors/actions";
import { answerOf, type CommandResult } from "../doors/command";
import {
  GrantZoneAccessDocument,
  type GrantZoneAccessMutation,
  type GrantZoneAccessMutationVariables,
  LockdownZoneDocument,
  LockZoneDocument,
  ResetZoneDocument,
  UnlockZoneDocument,
  type ZoneCommandOutcomeFragment,
} from "../gql/operations";

type ZoneCommandDocument = TypedDocumentNode<GrantZoneAccessMutation, GrantZoneAccessMutationVariables>;

const DOCUMENTS: Record<DoorAction, ZoneCommandDocument> = {
  grant: GrantZoneAccessDocument,
  unlock: UnlockZoneDocument,
  lock: LockZoneDocument,
  lockdown: LockdownZoneDocument,
  reset: ResetZoneDocument,
};

export interface ZoneTerms extends ActionTerms {
  includeNested: boolean;
}

/** What became of a command at one door of a zone. */
export interface DoorAnswer extends CommandResult {
  id: string;
  name: string;
}

export interface ZoneResult {
  /** Why nothing was sent; null when the doors were asked. */
  problem: string | null;
  /** The site wants a reason for it, and there was none. */
  reasonMissing?: boolean;
  doors: readonly DoorAnswer[];
  /** Doors without a lock, by name: they were not asked. */
  skipped: readonly string[];
}

/** Sends one command to all doors of a zone and waits for their answers. `key`: see `commandDoor`. */
export async function commandZone(
  api: Client,
  action: DoorAction,
  zoneId: string,
  terms: ZoneTerms,
  key: string,
): Promise<ZoneResult> {
  const input = { zoneId, ...terms, idempotencyKey: key };
  const { data, error } = await api.mutation(DOCUMENTS[action], { input }).toPromise();
  if (error) return nothing(sentenceOf(error));
  if (!data) return nothing("The server sent no answer. Look at the doors, then try again.");
  return zoneResultOf(action, data.outcome);
}

/** What the server's answer means for the person who gave the command; what failed comes first. */
export function zoneResultOf(action: DoorAction, { command, errors }: ZoneCommandOutcomeFragment): ZoneResult {
  const [problem] = errors;
  if (problem) return { ...nothing(problem.message), reasonMissing: problem.path.includes("reason") };
  if (!command) return nothing("The command was not carried out.");
  const doors = command.doors.map(({ door, status, detail }) => ({ ...door, ...answerOf(ACTION_WORDS[action].label, status, detail) }));
  return {
    problem: null,
    doors: doors.toSorted((a, b) => Number(wentWrong(b)) - Number(wentWrong(a))),
    skipped: command.skipped.map(({ name }) => name),
  };
}

/** Whether a door did not do it. */
export function wentWrong({ status }: Pick<CommandResult, "status">): boolean {
  return status === "failed" || status === "expired";
}

/** The result in one sentence. */
export function zoneResultWords({ problem, doors, skipped }: ZoneResult): string {
  if (problem !== null) return problem;
  if (doors.length === 0) return skipped.length === 0 ? "The zone has no doors." : "No door of the zone has a lock.";
  const done = doors.filter(({ status }) => status === "confirmed").length;
  return done === doors.length ? `Done at all ${done} doors.`.replace("all 1 doors", "its door") : `Done at ${done} of ${doors.length} doors.`;
}

function nothing(problem: string): ZoneResult {
  return { problem, doors: [], skipped: [] };
}
