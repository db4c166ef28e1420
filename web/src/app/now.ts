import { useSyncExternalStore } from "react";

const MINUTE_MS = 60_000;

/** The present minute, in ms since the epoch; the component renders again when it passes. */
export function useMinute(): number {
  return useSyncExternalStore(eachMinute, presentMinute);
}

function presentMinute(): number {
  return Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
}

function eachMinute(listener: () => void): () => void {
  const timer = setInterval(listener, MINUTE_MS / 4);
  return () => clearInterval(timer);
}
