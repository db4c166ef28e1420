import { expect, test } from "vitest";

import type { Sink } from "../api/socket";
import { anEvent } from "../testing/events";
import { ManualWait } from "../testing/wait";
import type { FeedEdge, FeedEvent } from "./feed";
import { LiveFeed } from "./live-feed";

const edge = (id: string): FeedEdge => ({ cursor: `at ${id}`, node: anEvent(id) });

/** A server whose subscriptions the test holds in its hand. */
class FakeSource {
  readonly asked: (string | null)[] = [];
  readonly released: number[] = [];
  sink: Sink<FeedEdge> | null = null;
  failures = 0;

  start: readonly FeedEdge[];

  constructor(start: readonly FeedEdge[]) {
    this.start = start;
  }

  latest = async (): Promise<{ edges: readonly FeedEdge[]; endCursor: string | null }> => {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error("The server cannot be reached.");
    }
    return { edges: this.start, endCursor: this.start.at(-1)?.cursor ?? null };
  };

  subscribe = (after: string | null, sink: Sink<FeedEdge>): (() => void) => {
    const turn = this.asked.push(after);
    this.sink = sink;
    return () => this.released.push(turn);
  };
}

async function aFeed(start: readonly FeedEdge[]) {
  const source = new FakeSource(start);
  const time = new ManualWait();
  const feed = new LiveFeed(source, time.wait, () => 0);
  const ids = (): string[] => feed.state.get().rows.map((row) => row.id);
  feed.start();
  await Promise.resolve();
  await Promise.resolve();
  return { source, time, feed, ids };
}

test("the newest events are there at the start, and the subscription begins after the last of them", async () => {
  const { source, ids } = await aFeed([edge("1"), edge("2")]);
  expect(ids()).toEqual(["2", "1"]);
  expect(source.asked).toEqual(["at 2"]);
});

test("after a lost connection it asks for what follows the last event it saw", async () => {
  const { source, time, ids } = await aFeed([edge("1")]);
  source.sink?.next(edge("2"));
  source.sink?.next(edge("3"));
  source.sink?.ended(null);
  time.pass();
  expect(source.asked).toEqual(["at 1", "at 3"]);
  source.sink?.next(edge("4"));
  time.pass();
  expect(ids()).toEqual(["4", "3", "2", "1"]);
});

test("a repeated event is not shown twice", async () => {
  const { source, time, ids } = await aFeed([edge("1")]);
  source.sink?.next(edge("1"));
  source.sink?.next(edge("2"));
  time.pass();
  expect(ids()).toEqual(["2", "1"]);
});

test("a failed start is told and tried again", async () => {
  const source = new FakeSource([edge("1")]);
  source.failures = 1;
  const time = new ManualWait();
  const feed = new LiveFeed(source, time.wait, () => 0);
  feed.start();
  await Promise.resolve();
  await Promise.resolve();
  expect(feed.state.get()).toMatchObject({ loaded: false, problem: "The server cannot be reached." });
  time.pass();
  await Promise.resolve();
  await Promise.resolve();
  expect(feed.state.get()).toMatchObject({ loaded: true, problem: null });
});

test("a cursor that the server refuses leads back to its newest events", async () => {
  const { source, time, feed, ids } = await aFeed([edge("1"), edge("2")]);
  source.start = [edge("8"), edge("9")];
  source.sink?.ended("The cursor is unknown.");
  expect(feed.state.get().problem).toBe("The cursor is unknown.");
  expect(time.delays).toHaveLength(1);
  time.pass();
  await Promise.resolve();
  await Promise.resolve();
  expect(ids()).toEqual(["9", "8"]);
  expect(feed.state.get().problem).toBeNull();
  expect(source.asked).toEqual(["at 2", "at 9"]);
});

test("a replay of many events is shown in one step", async () => {
  const { source, time, feed } = await aFeed([]);
  let drawn = 0;
  feed.state.subscribe(() => (drawn += 1));
  for (let i = 0; i < 300; i += 1) source.sink?.next(edge(String(i)));
  time.pass();
  expect(drawn).toBe(1);
  expect(feed.state.get().rows).toHaveLength(300);
});

test("listeners hear what arrives, not what was there", async () => {
  const { source, time, feed } = await aFeed([edge("1")]);
  const heard: string[] = [];
  feed.onArrival((events: readonly FeedEvent[]) => heard.push(...events.map((event) => event.id)));
  source.sink?.next(edge("2"));
  time.pass();
  expect(heard).toEqual(["2"]);
});

test("a stopped feed releases its subscription and waits for nothing", async () => {
  const { source, time, feed } = await aFeed([edge("1")]);
  source.sink?.next(edge("2"));
  feed.stop();
  expect(source.released).toEqual([1]);
  expect(time.delays).toEqual([]);
});
