import { useState } from "react";
import { useClient } from "urql";

import type { ActionTerms, DoorAction } from "./actions";
import { commandDoor, type CommandResult, newCommandKey } from "./command";

export type Progress<Action extends string = DoorAction> =
  | { phase: "idle" }
  | { phase: "pending"; action: Action }
  | ({ phase: "answered"; action: Action } & CommandResult);

export interface Commanding<Action extends string, Terms> {
  progress: Progress<Action>;
  run: (action: Action, terms: Terms) => Promise<CommandResult>;
}

/** Gives commands, one at a time, and says how the last one went. */
export function useCommanding<Action extends string, Terms>(
  send: (action: Action, terms: Terms) => Promise<CommandResult>,
): Commanding<Action, Terms> {
  const [progress, setProgress] = useState<Progress<Action>>({ phase: "idle" });
  const run = async (action: Action, terms: Terms): Promise<CommandResult> => {
    setProgress({ phase: "pending", action });
    const result = await send(action, terms);
    setProgress({ phase: "answered", action, ...result });
    return result;
  };
  return { progress, run };
}

/** Gives one door commands. */
export function useCommand(doorId: string): Commanding<DoorAction, ActionTerms> {
  const api = useClient();
  return useCommanding((action, terms) => commandDoor(api, action, doorId, terms, newCommandKey()));
}
