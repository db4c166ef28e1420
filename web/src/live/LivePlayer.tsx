import { useRef } from "react";

import { Icon } from "../ui/Icon";
import type { LiveLine } from "./live-line";
import { type LiveState, useLivePicture } from "./use-live-picture";
import { useOnScreen } from "./use-on-screen";

interface LivePlayerProps {
  line: LiveLine;
  camera: { id: string; name: string };
  /** Whether it may be kept as a picture. */
  snapshots: boolean;
  large: boolean;
  onLarge: (large: boolean) => void;
}

/** One camera as it is now, less than a second behind, while it is on the screen. */
export function LivePlayer({ line, camera, snapshots, large, onLarge }: LivePlayerProps) {
  const frameRef = useRef<HTMLElement>(null);
  const videoRef = useRef<HTMLVideoElement>(null);
  const state = useLivePicture(line, camera.id, videoRef, useOnScreen(frameRef));
  const { word, tone, note } = wordsOf(state);
  return (
    <article
      ref={frameRef}
      className={large ? "live-tile large" : "live-tile"}
      aria-labelledby={`live-${camera.id}`}
      data-testid="live-tile"
      data-camera-name={camera.name}
      data-phase={state.phase}
      data-delay-ms={state.phase === "showing" ? Math.round(state.delayMs) : undefined}
    >
      <div className="live-picture">
        {/* Live pictures have no sound, so there is nothing to caption. */}
        {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
        <video ref={videoRef} muted autoPlay playsInline aria-label={`${camera.name}, live`} data-testid="live-video" />
        {note !== null && <p className="live-note">{note}</p>}
      </div>
      <div className="live-bar">
        <h2 id={`live-${camera.id}`}>{camera.name}</h2>
        <span className={`condition tone-${tone}`} role="status" data-testid="live-state">
          {word}
        </span>
        {state.phase === "showing" && (
          <span className="live-delay" title={`${state.width} x ${state.height}`}>
            {delayWords(state.delayMs)}
          </span>
        )}
        {snapshots && (
          <a
            className="icon-button"
            href={`/cameras/${encodeURIComponent(camera.id)}/snapshot.jpg`}
            download={`${camera.name}.jpg`}
            aria-label={`Snapshot of ${camera.name}`}
            title="Snapshot"
            data-testid="live-snapshot"
          >
            <Icon name="camera" />
          </a>
        )}
        <button type="button" aria-pressed={large} aria-label={`Enlarge ${camera.name}`} onClick={() => onLarge(!large)} data-testid="live-enlarge">
          {large ? "All cameras" : "Enlarge"}
        </button>
      </div>
    </article>
  );
}

function wordsOf(state: LiveState): { word: string; tone: string; note: string | null } {
  switch (state.phase) {
    case "connecting":
      return { word: "Connecting", tone: "notice", note: "Waiting for the first picture…" };
    case "waiting":
      return { word: "No picture", tone: "warning", note: "The camera sends nothing at present. It is shown again when it does." };
    case "lost":
      return { word: "Connection lost", tone: "danger", note: "The server cannot be reached. Trying again…" };
    case "refused":
      return { word: "Not shown", tone: "danger", note: state.sentence };
    case "showing":
      return { word: "Live", tone: "calm", note: null };
  }
}

function delayWords(delayMs: number): string {
  return `${(Math.round(delayMs / 100) / 10).toFixed(1)} s behind`;
}
