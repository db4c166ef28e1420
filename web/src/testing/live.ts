import { createStore } from "../api/store";
import type { Connection, Sink } from "../api/socket";
import type { Live } from "../app/live";
import { type Door, DoorStates } from "../doors/door-states";
import type { FeedEdge, FeedEvent } from "../events/feed";
import { LiveFeed } from "../events/live-feed";
import { JobStates } from "../jobs/job-states";
import { LineStates } from "../lines/line-states";
import { ManualWait } from "./wait";

/** What is live for a test: these doors, and a feed into which it puts events by hand. */
export async function aLive(...doors: Door[]): Promise<{ live: Live; arrive: (event: FeedEvent) => void }> {
  const wait = new ManualWait();
  const sinks: Sink<FeedEdge>[] = [];
  const feed = new LiveFeed(
    {
      latest: async () => ({ edges: [], endCursor: null }),
      subscribe: (_after, sink) => {
        sinks.push(sink);
        return () => undefined;
      },
    },
    wait.wait,
  );
  feed.start();
  // The feed follows once its newest events are there.
  await Promise.resolve();
  await Promise.resolve();
  const states = new DoorStates(() => () => undefined);
  states.put(...doors);
  const connection = createStore<Connection>({ state: "connected", heardAt: 0 });
  const arrive = (node: FeedEvent): void => {
    for (const sink of sinks) sink.next({ cursor: node.id, node });
    wait.pass();
  };
  return { live: { connection, feed, doors: states, lines: new LineStates(() => () => undefined), jobs: new JobStates(() => () => undefined) }, arrive };
}
