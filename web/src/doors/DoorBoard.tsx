import { useEffect } from "react";

import type { Connection } from "../api/socket";
import { type Store, useStore } from "../api/store";
import { useWhole } from "../api/use-whole";
import { DoorsDocument } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import type { DoorStates } from "./door-states";
import { DoorTile } from "./DoorTile";
import "./doors.css";

interface DoorBoardProps {
  doors: DoorStates;
  connection: Store<Connection>;
  viewer: Viewer;
}

/** Every door with its true state; while the connection is lost, the tiles say that they are not up to date. */
export function DoorBoard({ doors, connection, viewer }: DoorBoardProps) {
  const known = useStore(doors.doors);
  const stale = useStore(connection).state === "lost";
  // The subscription brings the states; this fills the board for the moment before it answers.
  const [{ data }] = useWhole({ query: DoorsDocument, complete: true, pause: known !== null });
  useEffect(() => {
    if (data && doors.doors.get() === null) doors.put(...data.doors);
  }, [data, doors]);

  const shown = known === null ? [] : [...known.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <section className="board panel" aria-labelledby="doors-title">
      <h2 id="doors-title">Doors</h2>
      {known === null && <p className="quiet">Loading doors…</p>}
      {known?.size === 0 && <p className="quiet">There are no doors yet.</p>}
      <ul className="tiles" data-stale={stale}>
        {shown.map((door) => (
          <DoorTile key={door.id} door={door} stale={stale} commandable={may(viewer, "door.command")} />
        ))}
      </ul>
    </section>
  );
}
