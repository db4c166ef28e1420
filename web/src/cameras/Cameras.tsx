import { useEffect } from "react";
import { useQuery } from "urql";

import { CamerasDocument, type CameraState } from "../gql/operations";
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

const REFRESH_MS = 15_000;

/** What each camera is doing; asked again when the feed brings news of video, and now and then besides. */
export function Cameras({ feed }: { feed: LiveFeed }) {
  const [{ data, error }, ask] = useQuery({ query: CamerasDocument, requestPolicy: "cache-and-network" });

  useEffect(() => {
    const again = (): void => ask({ requestPolicy: "network-only" });
    const timer = setInterval(again, REFRESH_MS);
    const release = feed.onArrival((events) => {
      if (events.some((event) => event.category === "VIDEO")) again();
    });
    return () => {
      clearInterval(timer);
      release();
    };
  }, [ask, feed]);

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
