import { type KeyboardEvent, useRef } from "react";

import { clockTime, clockTimeTenths, dateWords } from "../app/clock";
import { Icon } from "../ui/Icon";
import { type ClipCommand, commandOfKey, control, seek } from "./controls";
import { lengthS, offsetWords, positionS, wallClockMs } from "./media-time";
import { Timeline } from "./Timeline";
import { useClip } from "./use-clip";
import { usePlayhead } from "./use-playhead";
import "./clips.css";

interface ClipPlayerProps {
  url: string;
  cameraName: string;
  /** When the bookmark ends, and when the event happened: ms since the epoch. */
  endsAtMs: number;
  eventAtMs: number;
}

/** Plays one bookmark at once, while it is still growing if need be. */
export function ClipPlayer({ url, cameraName, endsAtMs, eventAtMs }: ClipPlayerProps) {
  const videoRef = useRef<HTMLVideoElement>(null);
  const { state, again } = useClip(url, videoRef);
  const { playhead, frame_s } = usePlayhead(videoRef);
  const known = state.phase === "arriving" || state.phase === "complete" ? state : null;
  const startsAtMs = known?.startsAtMs ?? 0;
  const eventPosition_s = positionS(startsAtMs, eventAtMs);
  const nowMs = wallClockMs(startsAtMs, playhead.position_s);
  const usable = known !== null && known.bufferedEnd_s > 0;

  const run = (command: ClipCommand): void => {
    const video = videoRef.current;
    if (video !== null && usable) control(video, command, eventPosition_s, frame_s.current);
  };
  const onKeyDown = (press: KeyboardEvent): void => {
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    const onTimeline = press.target instanceof HTMLInputElement;
    const onButton = press.target instanceof HTMLButtonElement;
    const command = commandOfKey(press.key);
    if (command === undefined) return;
    if (onTimeline && press.key.length > 1) return;
    if (onButton && press.key === " ") return;
    press.preventDefault();
    run(command);
  };

  return (
    // The keys work on everything inside; nothing is reachable by them alone.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className="clip" aria-label={`Recording of ${cameraName}`} onKeyDown={onKeyDown} data-testid="clip-player">
      <div className="clip-picture">
        {/* The recordings have no sound, so there is nothing to caption. */}
        {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
        <video
          ref={videoRef}
          muted
          autoPlay
          playsInline
          tabIndex={0}
          aria-label={`${cameraName}, ${dateWords(eventAtMs)}`}
          data-testid="clip-video"
          data-starts-at={known === null ? undefined : new Date(startsAtMs).toISOString()}
          onClick={() => run("toggle")}
        />
        {state.phase === "opening" && <p className="clip-note">Opening the recording…</p>}
        {state.phase === "arriving" && playhead.waiting && <p className="clip-note">Waiting for the recording…</p>}
        {state.phase === "refused" && (
          <div className="clip-note" role="alert" data-testid="clip-refused">
            <p>{state.sentence}</p>
            <button type="button" onClick={again}>
              Try again
            </button>
          </div>
        )}
      </div>
      <Timeline
        length_s={known === null ? 0 : lengthS({ startsAtMs, endsAtMs, complete: known.phase === "complete" }, known.bufferedEnd_s)}
        buffered_s={known?.bufferedEnd_s ?? 0}
        position_s={playhead.position_s}
        event_s={eventPosition_s}
        disabled={!usable}
        words={(position_s) => clockTime(wallClockMs(startsAtMs, position_s))}
        onSeek={(position_s) => {
          if (videoRef.current !== null) seek(videoRef.current, position_s);
        }}
      />
      <div className="clip-bar">
        <div className="clip-buttons" role="group" aria-label="Playback">
          <ClipButton icon="frame-back" label="One frame back (,)" disabled={!usable} onPress={() => run("frame-back")} />
          {playhead.playing ? (
            <ClipButton icon="pause" label="Pause (space)" disabled={!usable} onPress={() => run("toggle")} />
          ) : (
            <ClipButton icon="play" label="Play (space)" disabled={!usable} onPress={() => run("toggle")} />
          )}
          <ClipButton icon="frame-forward" label="One frame on (.)" disabled={!usable} onPress={() => run("frame-forward")} />
          <ClipButton icon="replay" label="Replay from the start (Home)" disabled={!usable} onPress={() => run("replay")} />
          <ClipButton icon="marker" label="Go to the event (E)" disabled={!usable} onPress={() => run("to-event")} />
        </div>
        <p className="clip-clock">
          {usable ? (
            <>
              <time dateTime={new Date(nowMs).toISOString()} data-testid="clip-clock">
                {clockTimeTenths(nowMs)}
              </time>
              <span className="clip-offset" title="From the event">
                {offsetWords(nowMs, eventAtMs)}
              </span>
            </>
          ) : (
            <span className="clip-offset">{dateWords(eventAtMs)}</span>
          )}
        </p>
      </div>
      {state.phase === "arriving" && endsAtMs > eventAtMs && (
        <p className="clip-growing" data-testid="clip-growing">
          <span className="dot" aria-hidden="true" /> Still arriving: the clip runs until {clockTime(endsAtMs)}.
        </p>
      )}
    </section>
  );
}

interface ClipButtonProps {
  icon: "play" | "pause" | "frame-back" | "frame-forward" | "replay" | "marker";
  label: string;
  disabled: boolean;
  onPress: () => void;
}

function ClipButton({ icon, label, disabled, onPress }: ClipButtonProps) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} disabled={disabled} onClick={onPress}>
      <Icon name={icon} />
    </button>
  );
}
