import { useCallback } from "react";

import { useWhole } from "../api/use-whole";
import { CamerasDocument, type CameraState } from "../gql/operations";
import { useKeptFresh } from "../app/use-kept-fresh";
import type { FeedEvent } from "../events/feed";
import type { LiveFeed } from "../events/live-feed";
import { Icon } from "../ui/Icon";
import "./cameras.css";

const STATES: Record<CameraState, { word: string; tone: "calm" | "notice" | "warning" | "danger" }> = {
  CONNECTING: { word: "Connecting", tone: "notice" },
  RECORDING: { word: "Recording", tone: "calm" },
  STALLED: { word: "No picture", tone: "warning" },
  LOST: { word: "Lost", tone: "danger" },
  STORAGE_FULL: { word: "Storage full", tone: "danger" },
};

function isOfVideo({ category }: FeedEvent): boolean {
  return category === "VIDEO";
}

/** What each camera is doing; asked again when the feed brings news of video, and now and then besides. */
export function Cameras({ feed }: { feed: LiveFeed }) {
  const [{ data, error }, ask] = useWhole({ query: CamerasDocument, requestPolicy: "cache-and-network" });
  const again = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  useKeptFresh(feed, again, isOfVideo);

  if (error && !data) return <p className="quiet pad">The cameras cannot be read at the moment.</p>;
  if (!data || data.cameras.length === 0) return null;
  return (
    <section className="cameras panel" aria-labelledby="cameras-title">
      <h2 id="cameras-title">Cameras</h2>
      <ul>
        {data.cameras.map(({ id, name, state, detail }) => (
          <li key={id} data-testid="camera" data-camera-name={name} data-state={state} title={detail}>
            <Icon name="camera" />
            <span className="camera-name">{name}</span>
            <span className={`condition tone-${STATES[state].tone}`}>{STATES[state].word}</span>
            {state !== "RECORDING" && detail !== "" && <span className="camera-detail">{detail}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
