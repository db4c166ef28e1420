import { follow } from "../api/follow";
import type { Sink } from "../api/socket";
import { createStore, type Store } from "../api/store";
import { backOffMs, browserWait, type Wait } from "../api/wait";
import { type FeedEdge, type FeedEvent, mergeRows } from "./feed";

export interface FeedSource {
  /** The newest events, oldest first, and the cursor to follow from (null when the log is empty). */
  latest: () => Promise<{ edges: readonly FeedEdge[]; endCursor: string | null }>;
  /** Every event after the cursor, replayed and then as it happens. One attempt. */
  subscribe: (after: string | null, sink: Sink<FeedEdge>) => () => void;
}

export interface FeedState {
  /** Newest first. */
  rows: readonly FeedEvent[];
  loaded: boolean;
  /** Why the events cannot be shown, in words; null when they can. */
  problem: string | null;
}

/** Arrivals within this time are shown together, so that a long replay does not draw the page a thousand times. */
const GATHER_MS = 30;

/** The live feed: the newest events, then each new one once and in order, across lost connections. */
export class LiveFeed {
  readonly #source: FeedSource;
  readonly #wait: Wait;
  readonly #random: () => number;
  readonly #state = createStore<FeedState>({ rows: [], loaded: false, problem: null });
  readonly #listeners = new Set<(events: readonly FeedEvent[]) => void>();
  #cursor: string | null = null;
  #gathered: FeedEvent[] = [];
  #cancelFlush: (() => void) | null = null;
  #release: () => void = () => undefined;
  #refusals = 0;
  #running = false;

  constructor(source: FeedSource, wait: Wait = browserWait, random: () => number = Math.random) {
    this.#source = source;
    this.#wait = wait;
    this.#random = random;
  }

  get state(): Store<FeedState> {
    return this.#state;
  }

  /** Calls `listener` with what is new, oldest first; not with what was there at the start. */
  onArrival(listener: (events: readonly FeedEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#running = true;
    void this.#load(0);
  }

  stop(): void {
    this.#running = false;
    this.#release();
    this.#cancelFlush?.();
    this.#cancelFlush = null;
  }

  async #load(attempt: number): Promise<void> {
    try {
      const page = await this.#source.latest();
      if (!this.#running) return;
      this.#cursor = page.endCursor;
      const newest = page.edges.map((edge) => edge.node);
      const rows = mergeRows([], newest);
      this.#state.set({ rows, loaded: true, problem: null });
      this.#follow();
    } catch (error) {
      if (!this.#running) return;
      const problem = error instanceof Error ? error.message : String(error);
      this.#state.set({ ...this.#state.get(), problem });
      this.#release = this.#wait(() => void this.#load(attempt + 1), backOffMs(attempt, this.#random()));
    }
  }

  #follow(): void {
    this.#release = follow<FeedEdge>({
      // Read at each attempt: what arrived before the connection was lost is not asked for again, and nothing is skipped.
      open: (sink) => this.#source.subscribe(this.#cursor, sink),
      next: (edge) => this.#arrive(edge),
      refused: (problem) => this.#reload(problem),
      wait: this.#wait,
      random: this.#random,
    });
  }

  /** The server will not follow from this cursor (its log was restored, say): begin again with its newest events. */
  #reload(problem: string): void {
    this.#release();
    this.#state.set({ ...this.#state.get(), problem });
    this.#refusals += 1;
    const attempt = this.#refusals;
    this.#release = this.#wait(() => void this.#load(attempt), backOffMs(attempt, this.#random()));
  }

  #arrive({ cursor, node }: FeedEdge): void {
    this.#cursor = cursor;
    this.#refusals = 0;
    this.#gathered.push(node);
    this.#cancelFlush ??= this.#wait(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    const arrivals = this.#gathered;
    this.#gathered = [];
    this.#cancelFlush = null;
    this.#state.set({ rows: mergeRows(this.#state.get().rows, arrivals), loaded: true, problem: null });
    for (const listener of this.#listeners) listener(arrivals);
  }
}
