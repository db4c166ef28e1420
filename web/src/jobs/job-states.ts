import { follow } from "../api/follow";
import type { Sink } from "../api/socket";
import { createStore, type Store } from "../api/store";
import { browserWait, type Wait } from "../api/wait";
import type { JobRowFragment } from "../gql/operations";

export type JobsById = ReadonlyMap<string, JobRowFragment>;

/** The imports that have not ended, and what became of each since, kept up to date by the server. */
export class JobStates {
  readonly #open: (sink: Sink<JobRowFragment>) => () => void;
  readonly #wait: Wait;
  readonly #jobs = createStore<JobsById>(new Map());

  /** `open` subscribes once; the server then sends every import under way, and each again whenever it changes. */
  constructor(open: (sink: Sink<JobRowFragment>) => () => void, wait: Wait = browserWait) {
    this.#open = open;
    this.#wait = wait;
  }

  get jobs(): Store<JobsById> {
    return this.#jobs;
  }

  /** Follows until the returned function is called; after a cut it goes on where that was. */
  watch(): () => void {
    return follow<JobRowFragment>({ open: this.#open, next: (job) => this.#put(job), wait: this.#wait });
  }

  #put(job: JobRowFragment): void {
    const known = this.#jobs.get().get(job.id);
    if (known === undefined || known.version <= job.version) this.#jobs.set(new Map(this.#jobs.get()).set(job.id, job));
  }
}

/** What a page shows of its rows: each as it was heard of last. */
export function newest(rows: readonly JobRowFragment[], heard: JobsById): JobRowFragment[] {
  return rows.map((row) => {
    const now = heard.get(row.id);
    return now !== undefined && now.version > row.version ? now : row;
  });
}
