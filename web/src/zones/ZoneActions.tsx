import { useState } from "react";

import type { ZoneRowFragment } from "../gql/operations";
import { useZoneCommand } from "./use-zone-command";
import { ZoneDialog } from "./ZoneDialog";
import { ZoneOutcome } from "./ZoneOutcome";

/** The way to act on all doors of a zone, and what became of it. */
export function ZoneActions({ zone, nested }: { zone: Pick<ZoneRowFragment, "id" | "name">; nested: boolean }) {
  const [choosing, setChoosing] = useState(false);
  const { progress, run } = useZoneCommand(zone.id);
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
          onClose={() => setChoosing(false)}
          onChoose={(action, terms) => {
            setChoosing(false);
            void run(action, terms);
          }}
        />
      )}
    </div>
  );
}
