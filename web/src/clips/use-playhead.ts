import { type RefObject, useEffect, useRef, useState } from "react";

export interface Playhead {
  position_s: number;
  playing: boolean;
  ended: boolean;
  waiting: boolean;
}

/** What the step buttons move by at most: the slowest cameras that anyone watches send this often. */
const LONGEST_FRAME_S = 0.2;

const AT_START: Playhead = { position_s: 0, playing: false, ended: false, waiting: true };

/** Where the video stands, frame by frame where the browser tells; `frame_s` is the time from one frame to the next. */
export function usePlayhead(videoRef: RefObject<HTMLVideoElement | null>): {
  playhead: Playhead;
  frame_s: RefObject<number>;
} {
  const [playhead, setPlayhead] = useState(AT_START);
  const frame_s = useRef(LONGEST_FRAME_S);

  useEffect(() => {
    const video = videoRef.current;
    if (video === null) return;
    const over = new AbortController();
    const read = (): void =>
      setPlayhead({
        position_s: video.currentTime,
        playing: !video.paused && !video.ended,
        ended: video.ended,
        waiting: video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && !video.ended,
      });
    for (const type of ["play", "pause", "playing", "waiting", "seeked", "timeupdate", "ended", "emptied", "loadeddata"]) {
      video.addEventListener(type, read, { signal: over.signal });
    }

    let previous_s: number | null = null;
    let callback = 0;
    const onFrame = (_now: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
      const step = previous_s === null ? 0 : mediaTime - previous_s;
      // Browsers leave frames out when they are busy, so the shortest step is the truest.
      if (step > 0.001) frame_s.current = Math.min(frame_s.current, step);
      previous_s = mediaTime;
      setPlayhead((was) => ({ ...was, position_s: mediaTime }));
      callback = video.requestVideoFrameCallback(onFrame);
    };
    const countsFrames = "requestVideoFrameCallback" in video;
    if (countsFrames) callback = video.requestVideoFrameCallback(onFrame);

    return () => {
      over.abort();
      if (countsFrames) video.cancelVideoFrameCallback(callback);
    };
  }, [videoRef]);

  return { playhead, frame_s };
}
