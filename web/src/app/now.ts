import { useSyncExternalStore } from "react";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/** The present minute, in ms since the epoch; the component renders again when it passes. */
export function useMinute(): number {
  return useSyncExternalStore(eachMinute, presentMinute);
}

/** The present second, in ms since the epoch; the component renders again when it passes. */
export function useSecond(): number {
  return useSyncExternalStore(eachSecond, presentSecond);
}

function presentMinute(): number {
  return Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
}

function presentSecond(): number {
  return Math.floor(Date.now() / SECOND_MS) * SECOND_MS;
}

function eachMinute(listener: () => void): () => void {
  const timer = setInterval(listener, MINUTE_MS / 4);
  return () => clearInterval(timer);
}

function eachSecond(listener: () => void): () => void {
  const timer = setInterval(listener, SECOND_MS / 4);
  return () => clearInterval(timer);
}
