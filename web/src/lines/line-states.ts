import { follow } from "../api/follow";
import type { Sink } from "../api/socket";
import { createStore, type Store } from "../api/store";
import { browserWait, type Wait } from "../api/wait";
import type { LinesNowFragment, OutputNowFragment } from "../gql/operations";

export type Lines = LinesNowFragment;
export type OutputNow = OutputNowFragment;

/** Every auxiliary input and output as it is now, kept up to date by the server. */
export class LineStates {
  readonly #open: (sink: Sink<Lines>) => () => void;
  readonly #wait: Wait;
  readonly #lines = createStore<Lines | null>(null);
  #stop: () => void = () => undefined;

  /** `open` subscribes once; the server then sends all of them, and all of them again whenever one changes. */
  constructor(open: (sink: Sink<Lines>) => () => void, wait: Wait = browserWait) {
    this.#open = open;
    this.#wait = wait;
  }

  /** Null until the first answer. */
  get lines(): Store<Lines | null> {
    return this.#lines;
  }

  put(lines: Lines): void {
    this.#lines.set(lines);
  }

  start(): void {
    this.#stop = follow<Lines>({ open: this.#open, next: (lines) => this.put(lines), wait: this.#wait });
  }

  stop(): void {
    this.#stop();
  }
}
