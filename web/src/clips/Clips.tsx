import { useState } from "react";

import type { FeedEvent } from "../events/feed";
import { ClipPlayer } from "./ClipPlayer";

/** The recordings of an event, one camera at a time; the first one plays at once. Mount it afresh for each event. */
export function Clips({ event, allowed }: { event: FeedEvent; allowed: boolean }) {
  const [chosenId, choose] = useState<string | null>(null);
  const [first] = event.bookmarks;
  if (first === undefined) return <p className="quiet">No camera covers this.</p>;
  if (!allowed) return <p className="quiet">There is a recording, but you may not play recordings.</p>;
  const chosen = event.bookmarks.find((bookmark) => bookmark.id === chosenId) ?? first;
  return (
    <>
      {event.bookmarks.length > 1 && (
        <div className="choices" role="group" aria-label="Camera">
          {event.bookmarks.map((bookmark) => (
            <button
              key={bookmark.id}
              type="button"
              aria-pressed={bookmark.id === chosen.id}
              onClick={() => choose(bookmark.id)}
              data-testid="clip-camera"
            >
              {bookmark.camera.name}
            </button>
          ))}
        </div>
      )}
      <ClipPlayer
        key={chosen.id}
        url={chosen.clipUrl}
        cameraName={chosen.camera.name}
        endsAtMs={Date.parse(chosen.endsAt)}
        eventAtMs={Date.parse(event.at)}
      />
    </>
  );
}
