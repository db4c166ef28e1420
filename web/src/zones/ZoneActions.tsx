import { useState } from "react";

import type { DoorAction } from "../doors/actions";
import { useReasons } from "../doors/use-reasons";
import type { ZoneRowFragment } from "../gql/operations";
import { useZoneCommand } from "./use-zone-command";
import type { ZoneTerms } from "./zone-command";
import { ZoneDialog } from "./ZoneDialog";
import { ZoneOutcome } from "./ZoneOutcome";

/** The way to act on all doors of a zone, and what became of it. */
export function ZoneActions({ zone, nested }: { zone: Pick<ZoneRowFragment, "id" | "name">; nested: boolean }) {
  const [choosing, setChoosing] = useState(false);
  const { progress, run } = useZoneCommand(zone.id);
  const { needed, again } = useReasons();
  const give = async (action: DoorAction, terms: ZoneTerms): Promise<void> => {
    const { reasonMissing } = await run(action, terms);
    if (reasonMissing !== true) return;
    again();
    setChoosing(true);
  };
  return (
    <div className="zone-actions">
      <button
        type="button"
        disabled={progress.phase === "pending"}
        aria-haspopup="dialog"
        aria-label={`Act on all doors: ${zone.name}`}
        onClick={() => setChoosing(true)}
        data-testid="zone-act"
      >
        Act on all doors…
      </button>
      <ZoneOutcome progress={progress} />
      {choosing && (
        <ZoneDialog
          name={zone.name}
          nested={nested}
          needed={needed}
          onClose={() => setChoosing(false)}
          onChoose={(action, terms) => {
            setChoosing(false);
            void give(action, terms);
          }}
        />
      )}
    </div>
  );
}
