import { useCallback, useState } from "react";
import { useClient } from "urql";

import type { ActionTerms, DoorAction } from "./actions";
import { commandDoor, type CommandResult, newCommandKey } from "./command";

export type Progress =
  | { phase: "idle" }
  | { phase: "pending"; action: DoorAction }
  | ({ phase: "answered"; action: DoorAction } & CommandResult);

/** Gives one door commands, one at a time, and says how the last one went. */
export function useCommand(doorId: string): {
  progress: Progress;
  run: (action: DoorAction, terms: ActionTerms) => Promise<void>;
} {
  const api = useClient();
  const [progress, setProgress] = useState<Progress>({ phase: "idle" });
  const run = useCallback(
    async (action: DoorAction, terms: ActionTerms) => {
      setProgress({ phase: "pending", action });
      const result = await commandDoor(api, action, doorId, terms, newCommandKey());
      setProgress({ phase: "answered", action, ...result });
    },
    [api, doorId],
  );
  return { progress, run };
}
