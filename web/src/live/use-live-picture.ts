import { type RefObject, useEffect, useState } from "react";

import type { LiveLine } from "./live-line";
import { LivePicture } from "./live-picture";

const LOOK_MS = 500;
/** Without a picture for so long the camera is waited for. */
const MISSED_MS = 3_000;

export type LiveState =
  | { phase: "connecting" | "waiting" | "lost" }
  | { phase: "showing"; delayMs: number; width: number; height: number }
  | { phase: "refused"; sentence: string };

/** Shows a camera in the video element for as long as `shown`. */
export function useLivePicture(
  line: LiveLine,
  cameraId: string,
  videoRef: RefObject<HTMLVideoElement | null>,
  shown: boolean,
): LiveState {
  const [state, setState] = useState<LiveState>({ phase: "connecting" });

  useEffect(() => {
    const video = videoRef.current;
    if (video === null || !shown) return;
    let picture: LivePicture | null = null;
    let heardAt = performance.now();
    let size = { width: 0, height: 0 };
    const end = (): void => {
      picture?.close();
      picture = null;
    };
    const refuse = (sentence: string): void => {
      end();
      setState({ phase: "refused", sentence });
    };
    const forget = line.watch(cameraId, {
      init: ({ codec, width, height }) => {
        end();
        size = { width, height };
        try {
          picture = new LivePicture(video, codec, refuse);
        } catch (error) {
          refuse(error instanceof Error ? error.message : String(error));
        }
      },
      frame: (frame) => {
        heardAt = performance.now();
        picture?.add(frame);
      },
      ended: refuse,
      lost: () => setState({ phase: "lost" }),
    });
    const look = setInterval(() => {
      if (picture === null) return;
      const delayMs = picture.delayMs();
      if (performance.now() - heardAt > MISSED_MS) setState((was) => (was.phase === "lost" ? was : { phase: "waiting" }));
      else if (delayMs !== null && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        setState({ phase: "showing", delayMs, ...size });
      }
    }, LOOK_MS);
    return () => {
      clearInterval(look);
      forget();
      end();
      setState({ phase: "connecting" });
    };
  }, [line, cameraId, videoRef, shown]);

  return state;
}
