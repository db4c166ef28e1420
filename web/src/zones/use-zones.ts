import { useCallback } from "react";
import { type CombinedError } from "urql";

import { useWhole } from "../api/use-whole";
import { useKeptFresh } from "../app/use-kept-fresh";
import type { FeedEvent } from "../events/feed";
import type { LiveFeed } from "../events/live-feed";
import { ZoneListDocument, type ZoneRowFragment } from "../gql/operations";

/** Every zone with how many are inside, kept up to date; undefined while it is being loaded. */
export function useZones(feed: LiveFeed): { zones: readonly ZoneRowFragment[] | undefined; error: CombinedError | undefined } {
  const [{ data, error }, query] = useWhole({ query: ZoneListDocument, requestPolicy: "cache-and-network" });
  const ask = useCallback(() => query({ requestPolicy: "network-only" }), [query]);
  useKeptFresh(feed, ask, movesSomebody);
  return { zones: data?.zones, error };
}

/** Whether somebody may be in another zone by this event, or a zone may be another one. */
export function movesSomebody({ type }: FeedEvent): boolean {
  return type === "access.entered" || type.startsWith("audit.presence") || type.startsWith("audit.zone");
}
