import { follow } from "../api/follow";
import type { Sink } from "../api/socket";
import { createStore, type Store } from "../api/store";
import { browserWait, type Wait } from "../api/wait";
import type { DoorTileFragment } from "../gql/operations";

export type Door = DoorTileFragment;

/** The doors by id, in the order in which the server first named them. */
export type Doors = ReadonlyMap<string, Door>;

/** The true state of every door, kept up to date by the server. */
export class DoorStates {
  readonly #open: (sink: Sink<Door>) => () => void;
  readonly #wait: Wait;
  readonly #doors = createStore<Doors | null>(null);
  #stop: () => void = () => undefined;

  /** `open` subscribes once; the server then sends every door, and each again whenever it changes. */
  constructor(open: (sink: Sink<Door>) => () => void, wait: Wait = browserWait) {
    this.#open = open;
    this.#wait = wait;
  }

  /** Null until the first answer. */
  get doors(): Store<Doors | null> {
    return this.#doors;
  }

  /** Takes the state that a command or a query brought. */
  put(...doors: readonly Door[]): void {
    const next = new Map(this.#doors.get());
    for (const door of doors) next.set(door.id, door);
    this.#doors.set(next);
  }

  start(): void {
    this.#stop = follow<Door>({ open: this.#open, next: (door) => this.put(door), wait: this.#wait });
  }

  stop(): void {
    this.#stop();
  }
}
