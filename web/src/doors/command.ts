import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Client } from "urql";

import { sentenceOf } from "../api/client";
import {
  type CommandOutcomeFragment,
  GrantAccessDocument,
  type GrantAccessMutation,
  type GrantAccessMutationVariables,
  LockDoorDocument,
  LockdownDoorDocument,
  ResetDoorDocument,
  UnlockDoorDocument,
} from "../gql/operations";

export const DOOR_ACTIONS = ["grant", "unlock", "lock", "lockdown", "reset"] as const;
export type DoorAction = (typeof DOOR_ACTIONS)[number];

export const ACTION_WORDS: Record<DoorAction, { label: string; meaning: string }> = {
  grant: { label: "Grant access", meaning: "Release the door once." },
  unlock: { label: "Unlock", meaning: "Leave the door unlocked until it is locked again." },
  lock: { label: "Lock", meaning: "Lock the door; permitted cards open it." },
  lockdown: { label: "Lockdown", meaning: "Lock the door for every card until it is reset." },
  reset: { label: "Reset", meaning: "Return the door to normal." },
};

type CommandDocument = TypedDocumentNode<GrantAccessMutation, GrantAccessMutationVariables>;

const DOCUMENTS: Record<DoorAction, CommandDocument> = {
  grant: GrantAccessDocument,
  unlock: UnlockDoorDocument,
  lock: LockDoorDocument,
  lockdown: LockdownDoorDocument,
  reset: ResetDoorDocument,
};

export interface CommandResult {
  status: "confirmed" | "requested" | "failed";
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
  reason: string,
  key: string,
): Promise<CommandResult> {
  const input = { doorId, reason, idempotencyKey: key };
  const { data, error } = await api.mutation(DOCUMENTS[action], { input }).toPromise();
  if (error) return { status: "failed", sentence: sentenceOf(error) };
  if (!data) return { status: "failed", sentence: "The server sent no answer. Look at the door, then try again." };
  return resultOf(action, data.outcome);
}

/** What the server's answer means for the person who gave the command. */
export function resultOf(action: DoorAction, { command, errors }: Pick<CommandOutcomeFragment, "command" | "errors">): CommandResult {
  const { label } = ACTION_WORDS[action];
  const [problem] = errors;
  if (problem) return { status: "failed", sentence: problem.message };
  if (!command) return { status: "failed", sentence: `${label} was not carried out.` };
  switch (command.status) {
    case "CONFIRMED":
      return { status: "confirmed", sentence: command.detail || `${label}: confirmed by the controller.` };
    case "REQUESTED":
      return { status: "requested", sentence: command.detail || `${label}: waiting for the controller.` };
    case "FAILED":
      return { status: "failed", sentence: command.detail || `${label}: the controller could not do it.` };
    case "EXPIRED":
      return { status: "failed", sentence: command.detail || `${label}: the controller did not answer in time.` };
  }
}

/** A random key; not `randomUUID`, which browsers keep from pages that are not served over TLS. */
export function newCommandKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
