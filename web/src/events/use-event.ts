import { useMemo } from "react";
import { useQuery } from "urql";

import { CorrelatedEventsDocument, EventDocument } from "../gql/operations";
import type { FeedEvent } from "./feed";

/** An event set off by one badge or command has few companions; more than this is not read. */
const CORRELATED_READ = 50;

/** The event with this id: from the feed when it is there, otherwise from the server. Null when there is none. */
export function useEvent(id: string, rows: readonly FeedEvent[]): FeedEvent | null | undefined {
  const held = rows.find((row) => row.id === id);
  const [{ data, error }] = useQuery({ query: EventDocument, variables: { id }, pause: held !== undefined });
  if (held !== undefined) return held;
  if (error) return null;
  return data?.event?.id === id || data?.event === null ? data.event : undefined;
}

/** Everything with the event's correlation, oldest first: what the log holds and what arrives meanwhile. */
export function useCorrelated(event: FeedEvent, rows: readonly FeedEvent[]): readonly FeedEvent[] {
  const { correlation } = event;
  const [{ data }] = useQuery({
    query: CorrelatedEventsDocument,
    variables: { correlation, first: CORRELATED_READ },
    requestPolicy: "cache-and-network",
  });
  return useMemo(() => {
    const together = new Map<string, FeedEvent>([[event.id, event]]);
    for (const each of data?.events.nodes ?? []) if (each.correlation === correlation) together.set(each.id, each);
    for (const each of rows) if (each.correlation === correlation) together.set(each.id, each);
    return [...together.values()].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }, [event, correlation, data, rows]);
}
