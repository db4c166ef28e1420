import { rangesOf, reachable } from "./gaps";

export type ClipCommand = "toggle" | "back" | "forward" | "frame-back" | "frame-forward" | "replay" | "to-event";

const KEYS: Readonly<Record<string, ClipCommand>> = {
  " ": "toggle",
  k: "toggle",
  ArrowLeft: "back",
  ArrowRight: "forward",
  ",": "frame-back",
  ".": "frame-forward",
  Home: "replay",
  e: "to-event",
};

const SEEK_S = 1;
const BEFORE_EVENT_S = 0.5;

/** What a key does in the player; undefined for keys that are not the player's. */
export function commandOfKey(key: string): ClipCommand | undefined {
  return KEYS[key.length === 1 ? key.toLowerCase() : key];
}

/** Moves to a position (s), as near as the recording allows. */
export function seek(video: HTMLVideoElement, position_s: number): void {
  video.currentTime = reachable(rangesOf(video.buffered), position_s, video.currentTime);
}

/** Carries out a command. `eventPosition_s` is where in the clip the event happened, `frame_s` one frame's time. */
export function control(video: HTMLVideoElement, command: ClipCommand, eventPosition_s: number, frame_s: number): void {
  switch (command) {
    case "toggle":
      if (!video.paused && !video.ended) return video.pause();
      return play(video);
    case "replay":
      seek(video, 0);
      return play(video);
    case "to-event":
      return seek(video, eventPosition_s - BEFORE_EVENT_S);
    case "back":
      return seek(video, video.currentTime - SEEK_S);
    case "forward":
      return seek(video, video.currentTime + SEEK_S);
    case "frame-back":
      video.pause();
      return seek(video, video.currentTime - frame_s);
    case "frame-forward":
      video.pause();
      return seek(video, video.currentTime + frame_s);
  }
}

function play(video: HTMLVideoElement): void {
  // A refused or interrupted start shows itself: the video stays paused and the button says Play.
  video.play().catch(() => undefined);
}
