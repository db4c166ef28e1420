import type { FeedEventFragment } from "../gql/operations";

export type FeedEvent = FeedEventFragment;

export interface FeedEdge {
  cursor: string;
  node: FeedEvent;
}

/** How many events the page keeps; older ones are in the log. */
export const ROWS_KEPT = 500;

/**
 * The rows (newest first) after `arrivals` (oldest first, as the server sends them). An event that is already there is
 * replaced in its place, never shown twice; the oldest rows beyond `kept` go.
 */
export function mergeRows(rows: readonly FeedEvent[], arrivals: readonly FeedEvent[], kept = ROWS_KEPT): FeedEvent[] {
  const fresh = new Map<string, FeedEvent>();
  for (const event of arrivals) fresh.set(event.id, event);
  const held = rows.map((row) => {
    const again = fresh.get(row.id);
    if (again === undefined) return row;
    fresh.delete(row.id);
    return again;
  });
  return [...[...fresh.values()].toReversed(), ...held].slice(0, kept);
}
