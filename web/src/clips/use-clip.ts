import { type RefObject, useCallback, useEffect, useState } from "react";

import { positionAfterGap, rangesOf } from "./gaps";
import { ClipRefused, streamClip } from "./clip-stream";

export type ClipState =
  | { phase: "opening" }
  | { phase: "arriving" | "complete"; startsAtMs: number; bufferedEnd_s: number }
  | { phase: "refused"; sentence: string };

export interface Clip {
  state: ClipState;
  /** Fetches the clip again from the start. */
  again: () => void;
}

/** Streams `url` (the same for the life of the component) into the video element for as long as the component shows it, and jumps over gaps in the recording. */
export function useClip(url: string, videoRef: RefObject<HTMLVideoElement | null>): Clip {
  const [state, setState] = useState<ClipState>({ phase: "opening" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const video = videoRef.current;
    if (video === null) return;
    const abort = new AbortController();

    const skipGap = (): void => {
      const stalled = !video.paused && !video.seeking && video.readyState <= HTMLMediaElement.HAVE_CURRENT_DATA;
      const target = positionAfterGap(rangesOf(video.buffered), video.currentTime, stalled);
      if (target !== null) video.currentTime = target;
    };
    const grown = (): void => {
      skipGap();
      const bufferedEnd_s = rangesOf(video.buffered).at(-1)?.end ?? 0;
      setState((was) => (was.phase === "arriving" ? { ...was, bufferedEnd_s } : was));
    };
    for (const type of ["waiting", "seeking", "timeupdate"]) {
      video.addEventListener(type, skipGap, { signal: abort.signal });
    }

    streamClip({
      url,
      video,
      signal: abort.signal,
      onOpened: ({ startsAtMs }) => setState({ phase: "arriving", startsAtMs, bufferedEnd_s: 0 }),
      onGrown: grown,
    })
      .then(() => setState((was) => (was.phase === "arriving" ? { ...was, phase: "complete" } : was)))
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        const sentence = error instanceof ClipRefused ? error.message : `The recording cannot be shown: ${String(error)}`;
        setState({ phase: "refused", sentence });
      });

    return () => {
      abort.abort();
      video.removeAttribute("src");
      video.load();
    };
    // Another attempt streams the same clip again.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [url, videoRef, attempt]);

  const again = useCallback(() => {
    setState({ phase: "opening" });
    setAttempt((count) => count + 1);
  }, []);
  return { state, again };
}
