import { useEffect, useState } from "react";

import type { Connection } from "../api/socket";
import { type Store, useStore } from "../api/store";
import { browserWait } from "../api/wait";
import { clockTime } from "./clock";

/** A first connection that takes no longer than this is not worth a word. */
const PATIENCE_MS = 1_500;

/** How long it is said that the connection is there again. */
const BACK_MS = 8_000;

/** Whether what the page shows is still true. The region is always there, so that its words are read out. */
export function ConnectionBanner({ connection }: { connection: Store<Connection> }) {
  const { state, heardAt } = useStore(connection);
  const [patient, setPatient] = useState(true);
  useEffect(() => browserWait(() => setPatient(false), PATIENCE_MS), []);
  const [back, setBack] = useState(false);
  useEffect(() => {
    let before = connection.get().state;
    let cancel = (): void => undefined;
    const release = connection.subscribe(() => {
      const now = connection.get().state;
      if (now === before) return;
      cancel();
      setBack(before === "lost" && now === "connected");
      cancel = browserWait(() => setBack(false), BACK_MS);
      before = now;
    });
    return () => {
      release();
      cancel();
    };
  }, [connection]);
  const shown = state === "lost" || (state === "connecting" && !patient);
  return (
    <div role="status" className="connection" data-testid="connection-banner" data-state={state}>
      {shown && (
        <p className="connection-lost">
          {heardAt === null ? "Connecting to the server…" : `Reconnecting… Last update ${clockTime(heardAt)}.`}
        </p>
      )}
      {back && !shown && <p className="connection-back">Connected again. What happened meanwhile is shown now.</p>}
    </div>
  );
}
