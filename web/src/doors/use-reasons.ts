import { createContext, useContext } from "react";

import type { CommandKind } from "../gql/operations";
import type { DoorAction } from "./actions";

/** What the server calls each action. */
export const KIND_OF: Record<DoorAction, CommandKind> = {
  grant: "GRANT_ACCESS",
  unlock: "UNLOCK",
  lock: "LOCK",
  lockdown: "LOCKDOWN",
  reset: "RESET",
};

export const NO_REASONS: ReadonlySet<CommandKind> = new Set();

export interface Reasons {
  /** For which commands the site wants a reason. */
  needed: ReadonlySet<CommandKind>;
  /** Asks anew, after the server has wanted one that nobody here knew of. */
  again: () => void;
}

export const ReasonsKnown = createContext<Reasons>({ needed: NO_REASONS, again: () => undefined });

export function useReasons(): Reasons {
  return useContext(ReasonsKnown);
}

/** The hint of the field for the reason, where some of these commands need one. */
export function reasonHint(needing: readonly string[], all: boolean): string {
  if (needing.length === 0) return "Optional. It is written to the audit.";
  if (all) return "This site wants one. It is written to the audit.";
  return `This site wants one to: ${needing.join(", ").toLowerCase()}. It is written to the audit.`;
}
