import { createStore, type Store } from "../api/store";
import { browserWait, type Wait } from "../api/wait";
import type { FeedEvent } from "./feed";
import { spoken } from "./words";

/** A screen reader needs about this long for one sentence; more often would be a flood. */
const EVERY_MS = 4_000;

/** What to say about a handful of events (oldest first): alarms by name, the rest as a count and the latest one. */
export function summary(events: readonly FeedEvent[]): string {
  const alarms = events.filter((event) => event.severity === "ALARM");
  const others = events.filter((event) => event.severity !== "ALARM");
  const latest = others.at(-1);
  const sentences = alarms.slice(-2).map(spoken);
  if (alarms.length > 2) sentences.unshift(`${alarms.length} alarms.`);
  if (latest !== undefined) {
    const count = others.length > 1 ? `${others.length} new events. Latest: ` : "";
    sentences.push(`${count}${spoken(latest)}`);
  }
  return sentences.join(" ");
}

/** Turns arrivals into sentences for a live region: the first at once, then at most one every four seconds. */
export class Announcer {
  readonly #wait: Wait;
  readonly #sentence = createStore("");
  #pending: FeedEvent[] = [];
  #cancel: (() => void) | null = null;

  constructor(wait: Wait = browserWait) {
    this.#wait = wait;
  }

  get sentence(): Store<string> {
    return this.#sentence;
  }

  hear(events: readonly FeedEvent[]): void {
    this.#pending.push(...events);
    if (this.#cancel === null) this.#say();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#pending = [];
  }

  #say(): void {
    this.#cancel = null;
    if (this.#pending.length === 0) return;
    this.#sentence.set(summary(this.#pending));
    this.#pending = [];
    this.#cancel = this.#wait(() => this.#say(), EVERY_MS);
  }
}
