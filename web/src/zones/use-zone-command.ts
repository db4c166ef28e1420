import { useCallback, useState } from "react";
import { useClient } from "urql";

import type { DoorAction } from "../doors/actions";
import { newCommandKey } from "../doors/command";
import { commandZone, type ZoneResult, type ZoneTerms } from "./zone-command";

export type ZoneProgress =
  | { phase: "idle" }
  | { phase: "pending"; action: DoorAction }
  | { phase: "answered"; action: DoorAction; result: ZoneResult };

/** Gives one zone commands, one at a time, and says how the last one went. */
export function useZoneCommand(zoneId: string): {
  progress: ZoneProgress;
  run: (action: DoorAction, terms: ZoneTerms) => Promise<ZoneResult>;
} {
  const api = useClient();
  const [progress, setProgress] = useState<ZoneProgress>({ phase: "idle" });
  const run = useCallback(
    async (action: DoorAction, terms: ZoneTerms) => {
      setProgress({ phase: "pending", action });
      const result = await commandZone(api, action, zoneId, terms, newCommandKey());
      setProgress({ phase: "answered", action, result });
      return result;
    },
    [api, zoneId],
  );
  return { progress, run };
}
