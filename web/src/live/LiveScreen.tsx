import { useEffect, useMemo, useState } from "react";

import { liveUrl } from "../api/address";
import { useWhole } from "../api/use-whole";
import { CamerasDocument } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { type LiveLine, openLine } from "./live-line";
import { LivePlayer } from "./LivePlayer";
import "./live.css";

/** Every camera within reach as it is now, or one of them large. */
export function LiveScreen({ viewer, line: given }: { viewer: Viewer; line?: LiveLine }) {
  const line = useMemo(() => given ?? openLine({ url: liveUrl(location) }), [given]);
  const [{ data, error }] = useWhole({ query: CamerasDocument, requestPolicy: "cache-and-network" });
  const [largeId, enlarge] = useState<string | null>(null);

  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent): void => {
      if (key === "Escape") enlarge(null);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);

  const shown = data?.cameras.filter(({ id }) => largeId === null || id === largeId) ?? [];
  return (
    <section className="screen" aria-labelledby="live-title">
      <h1 id="live-title">Live</h1>
      {!data && (
        <p className="quiet">{error ? "The cameras cannot be read at the moment." : "Loading…"}</p>
      )}
      {data?.cameras.length === 0 && <p className="quiet">There are no cameras that you may see.</p>}
      <div className={largeId === null ? "live-grid" : "live-grid one"}>
        {shown.map((camera) => (
          <LivePlayer
            key={camera.id}
            line={line}
            camera={camera}
            snapshots={may(viewer, "snapshot.take")}
            large={camera.id === largeId}
            onLarge={(large) => enlarge(large ? camera.id : null)}
          />
        ))}
      </div>
    </section>
  );
}
