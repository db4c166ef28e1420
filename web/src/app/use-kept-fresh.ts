import { useEffect } from "react";

import { browserWait } from "../api/wait";
import type { FeedEvent } from "../events/feed";
import type { LiveFeed } from "../events/live-feed";

const REFRESH_MS = 15_000;
/** However much happens, the server is asked no more often than this. */
const GATHER_MS = 500;

/**
 * Asks again soon after the feed has brought an event that `concerns` it, and now and then besides: the feed is not for
 * everybody, and may be cut off. `ask` and `concerns` must be the same from one rendering to the next.
 */
export function useKeptFresh(feed: LiveFeed, ask: () => void, concerns: (event: FeedEvent) => boolean): void {
  useEffect(() => {
    let cancel: (() => void) | null = null;
    const soon = (): void => {
      cancel ??= browserWait(() => {
        cancel = null;
        ask();
      }, GATHER_MS);
    };
    const timer = setInterval(ask, REFRESH_MS);
    const release = feed.onArrival((events) => {
      if (events.some(concerns)) soon();
    });
    return () => {
      clearInterval(timer);
      cancel?.();
      release();
    };
  }, [feed, ask, concerns]);
}
