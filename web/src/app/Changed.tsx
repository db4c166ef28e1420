import { createContext, useContext, useEffect, useState } from "react";

import { follow } from "../api/follow";
import type { Sink } from "../api/socket";
import type { EntityKind, FollowChangesSubscription } from "../gql/operations";
import { Viewing } from "../session/viewing";

export type Change = FollowChangesSubscription["changes"];

/** Follows the changes of one thing, once: see `Socket.subscribe`. */
export type FollowChanges = (kind: EntityKind, id: string, sink: Sink<Change>) => () => void;

/** Null: nothing tells of changes here. */
export const Changes = createContext<FollowChanges | null>(null);

interface ChangedProps {
  kind: EntityKind;
  id: string;
  onReload: () => void;
}

/** Says when somebody else changes what is open, with the way to it. What one changes oneself is not told. */
export function Changed({ kind, id, onReload }: ChangedProps) {
  const open = useContext(Changes);
  const viewer = useContext(Viewing);
  const [last, setLast] = useState<Change | null>(null);
  const own = viewer?.id ?? null;
  useEffect(() => {
    if (open === null) return undefined;
    let stop = (): void => undefined;
    stop = follow<Change>({
      open: (sink) => open(kind, id, sink),
      next: (change) => {
        if (change.userId === null || change.userId !== own) setLast(change);
      },
      // Whoever may not follow it is not told; that is no fault of the screen.
      refused: () => stop(),
    });
    return () => stop();
  }, [open, kind, id, own]);
  return (
    <div role="status" data-testid="changed">
      {last !== null && (
        <p className="changed">
          {last.change === "DELETED" ? "Deleted" : "Changed"} by {last.userName ?? "Doorward"} meanwhile.{" "}
          <button
            type="button"
            onClick={() => {
              setLast(null);
              onReload();
            }}
          >
            Load it again
          </button>
        </p>
      )}
    </div>
  );
}
