import { expect, test, vi } from "vitest";

import { ManualWait } from "../testing/wait";
import { follow } from "./follow";
import type { Sink } from "./socket";

function aSubscription() {
  const time = new ManualWait();
  const sinks: Sink<string>[] = [];
  const release = vi.fn<() => void>();
  const next = vi.fn<(value: string) => void>();
  const refused = vi.fn<(sentence: string) => void>();
  const stop = follow<string>({
    open: (sink) => {
      sinks.push(sink);
      return release;
    },
    next,
    refused,
    wait: time.wait,
    random: () => 1,
  });
  return { time, sinks, release, next, refused, stop };
}

test("each failure in a row waits twice as long, up to ten seconds", () => {
  const { time, sinks } = aSubscription();
  const waited: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    sinks.at(-1)?.ended(null);
    waited.push(...time.delays);
    time.pass();
  }
  expect(waited).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("a value that arrives ends the row of failures", () => {
  const { time, sinks, next } = aSubscription();
  sinks.at(-1)?.ended(null);
  time.pass();
  sinks.at(-1)?.next("here");
  sinks.at(-1)?.ended(null);
  expect(next).toHaveBeenCalledWith("here");
  expect(time.delays).toEqual([500]);
});

test("the server's refusal is told, a lost connection is not", () => {
  const { time, sinks, refused } = aSubscription();
  sinks.at(-1)?.ended(null);
  time.pass();
  sinks.at(-1)?.ended("The cursor is unknown.");
  expect(refused.mock.calls).toEqual([["The cursor is unknown."]]);
});

test("stopping releases what is open", () => {
  const { release, stop } = aSubscription();
  stop();
  expect(release).toHaveBeenCalledOnce();
});

test("stopping while it waits ends the waiting", () => {
  const { time, sinks, stop } = aSubscription();
  sinks.at(-1)?.ended(null);
  stop();
  expect(time.delays).toEqual([]);
  expect(sinks).toHaveLength(1);
});
