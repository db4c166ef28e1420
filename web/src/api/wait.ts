/** Runs `task` once after `delayMs`, unless the returned function is called first. Injected, so that tests own time. */
export type Wait = (task: () => void, delayMs: number) => () => void;

export const browserWait: Wait = (task, delayMs) => {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
};

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

/**
 * How long to wait before attempt number `attempt` (from 0): doubling, at most ten seconds, of which the upper half is
 * random so that a restarted server is not met by every dashboard in the same instant. `random` is in [0, 1).
 */
export function backOffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * random;
}
