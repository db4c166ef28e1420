import type { Sink } from "./socket";
import { backOffMs, browserWait, type Wait } from "./wait";

interface FollowOptions<T> {
  /** Opens the subscription afresh; called again for each attempt, so that it can start from where the last one ended. */
  open: (sink: Sink<T>) => () => void;
  next: (value: T) => void;
  /** The server refused the subscription. Unless the caller stops following, the next attempt comes all the same. */
  refused?: (sentence: string) => void;
  wait?: Wait;
  random?: () => number;
}

/** Keeps one subscription open until the returned function is called, waiting longer after each failure in a row. */
export function follow<T>({
  open,
  next,
  refused,
  wait = browserWait,
  random = Math.random,
}: FollowOptions<T>): () => void {
  let failures = 0;
  let stopped = false;
  let release: (() => void) | null = null;

  const attempt = (): void => {
    release = open({
      next: (value) => {
        failures = 0;
        next(value);
      },
      ended: (refusal) => {
        if (stopped) return;
        if (refusal !== null) refused?.(refusal);
        if (stopped) return;
        const delayMs = backOffMs(failures, random());
        failures += 1;
        release = wait(attempt, delayMs);
      },
    });
  };

  attempt();
  return () => {
    stopped = true;
    release?.();
  };
}
