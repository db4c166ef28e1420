import type { Wait } from "../api/wait";

interface Waiting {
  task: () => void;
  delayMs: number;
}

/** Time in the hands of the test: nothing that waits runs before `pass`. */
export class ManualWait {
  #waiting: Waiting[] = [];

  readonly wait: Wait = (task, delayMs) => {
    const entry = { task, delayMs };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== entry);
    };
  };

  /** The delays that are being waited for, in ms. */
  get delays(): number[] {
    return this.#waiting.map((each) => each.delayMs);
  }

  /** Runs everything that waits at this moment. */
  pass(): void {
    const due = this.#waiting;
    this.#waiting = [];
    for (const each of due) each.task();
  }
}
