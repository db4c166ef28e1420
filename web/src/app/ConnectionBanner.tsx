import { useEffect, useState } from "react";

import type { Connection } from "../api/socket";
import { type Store, useStore } from "../api/store";
import { browserWait } from "../api/wait";
import { clockTime } from "./clock";

/** A first connection that takes no longer than this is not worth a word. */
const PATIENCE_MS = 1_500;

/** Whether what the page shows is still true. The region is always there, so that its words are read out. */
export function ConnectionBanner({ connection }: { connection: Store<Connection> }) {
  const { state, heardAt } = useStore(connection);
  const [patient, setPatient] = useState(true);
  useEffect(() => browserWait(() => setPatient(false), PATIENCE_MS), []);
  const shown = state === "lost" || (state === "connecting" && !patient);
  return (
    <div role="status" className="connection" data-testid="connection-banner" data-state={state}>
      {shown && (
        <p className="connection-lost">
          {heardAt === null ? "Connecting to the server…" : `Reconnecting… Last update ${clockTime(heardAt)}.`}
        </p>
      )}
    </div>
  );
}
