import { useCallback } from "react";
import { useQuery } from "urql";

import { useKeptFresh } from "../app/use-kept-fresh";
import type { FeedEvent } from "../events/feed";
import type { LiveFeed } from "../events/live-feed";
import { PresentThreatDocument, type ThreatFragment } from "../gql/operations";

/** The threat level in force (null: none; undefined: not known yet), kept up to date, and what asks again at once. */
export function useThreat(feed: LiveFeed): { threat: ThreatFragment | null | undefined; ask: () => void } {
  const [{ data }, query] = useQuery({ query: PresentThreatDocument, requestPolicy: "cache-and-network" });
  const ask = useCallback(() => query({ requestPolicy: "network-only" }), [query]);
  useKeptFresh(feed, ask, isOfThreat);
  return { threat: data?.threat, ask };
}

function isOfThreat({ type }: FeedEvent): boolean {
  return type.startsWith("threat.");
}
