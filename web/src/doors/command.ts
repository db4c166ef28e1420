import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Client } from "urql";

import { sentenceOf } from "../api/client";
import {
  type CommandOutcomeFragment,
  type CommandStatus,
  GrantAccessDocument,
  type GrantAccessMutation,
  type GrantAccessMutationVariables,
  LockDoorDocument,
  LockdownDoorDocument,
  ResetDoorDocument,
  UnlockDoorDocument,
} from "../gql/operations";
import { ACTION_WORDS, type ActionTerms, type DoorAction } from "./actions";

type CommandDocument = TypedDocumentNode<GrantAccessMutation, GrantAccessMutationVariables>;

const DOCUMENTS: Record<DoorAction, CommandDocument> = {
  grant: GrantAccessDocument,
  unlock: UnlockDoorDocument,
  lock: LockDoorDocument,
  lockdown: LockdownDoorDocument,
  reset: ResetDoorDocument,
};

export interface CommandResult {
  status: "confirmed" | "requested" | "failed" | "expired";
  /** The site wants a reason for it, and there was none. */
  reasonMissing?: boolean;
  sentence: string;
}

/**
 * Sends one command and waits for the controller's answer. `key` makes a repetition of the same command harmless: the
 * server carries it out once.
 */
export async function commandDoor(
  api: Client,
  action: DoorAction,
  doorId: string,
  terms: ActionTerms,
  key: string,
): Promise<CommandResult> {
  const input = { doorId, ...terms, idempotencyKey: key };
  const { data, error } = await api.mutation(DOCUMENTS[action], { input }).toPromise();
  if (error) return { status: "failed", sentence: sentenceOf(error) };
  if (!data) return { status: "failed", sentence: "The server sent no answer. Look at the door, then try again." };
  return resultOf(ACTION_WORDS[action].label, data.outcome);
}

/** What the server's answer means for the person who gave the command. */
export function resultOf(label: string, { command, errors }: Pick<CommandOutcomeFragment, "command" | "errors">): CommandResult {
  const [problem] = errors;
  if (problem?.code === "EXPIRED") return { status: "expired", sentence: problem.message };
  if (problem) return { status: "failed", sentence: problem.message, reasonMissing: problem.path.includes("reason") };
  if (!command) return { status: "failed", sentence: `${label} was not carried out.` };
  return answerOf(label, command.status, command.detail);
}

/** What became of a command, which is called `label`, at one door or output. */
export function answerOf(label: string, status: CommandStatus, detail: string): CommandResult {
  switch (status) {
    case "CONFIRMED":
      return { status: "confirmed", sentence: detail || `${label}: confirmed by the controller.` };
    case "REQUESTED":
      return { status: "requested", sentence: detail || `${label}: waiting for the controller.` };
    case "FAILED":
      return { status: "failed", sentence: detail || `${label}: the controller could not do it.` };
    case "EXPIRED":
      return { status: "expired", sentence: detail || `${label}: the controller did not answer in time.` };
  }
}

/** A random key; not `randomUUID`, which browsers keep from pages that are not served over TLS. */
export function newCommandKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
