import { useEffect, useState } from "react";

import { useStore } from "../api/store";
import { useMinute } from "../app/now";
import { Announcer } from "./announcer";
import { EventRow } from "./EventRow";
import { FEED_FILTERS, type FeedFilter, FILTER_WORDS, passes } from "./feed-filter";
import type { LiveFeed } from "./live-feed";
import "./events.css";

/** The newest events first, as they happen. */
export function Feed({ feed, chosenId }: { feed: LiveFeed; chosenId: string | null }) {
  const { rows, loaded, problem } = useStore(feed.state);
  const today = new Date(useMinute()).setHours(0, 0, 0, 0);
  const [filter, setFilter] = useState<FeedFilter>("all");
  const shown = filter === "all" ? rows : rows.filter((event) => passes(filter, event));
  return (
    <section className="feed panel" aria-labelledby="feed-title">
      <header className="panel-head">
        <h2 id="feed-title">Live events</h2>
        <div className="choices" role="group" aria-label="Show">
          {FEED_FILTERS.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === filter}
              onClick={() => setFilter(each)}
              data-testid={`feed-filter-${each}`}
            >
              {FILTER_WORDS[each]}
            </button>
          ))}
        </div>
      </header>
      {problem !== null && (
        <p className="note-problem" role="alert">
          {problem} Trying again…
        </p>
      )}
      {!loaded && problem === null && <p className="quiet pad">Loading events…</p>}
      {loaded && shown.length === 0 && (
        <p className="quiet pad">{rows.length === 0 ? "Nothing has happened yet." : "No such event among the newest."}</p>
      )}
      <ol className="feed-rows" data-testid="feed">
        {shown.map((event) => (
          <EventRow key={event.id} event={event} chosen={event.id === chosenId} nowMs={today} />
        ))}
      </ol>
      <Announcements feed={feed} />
    </section>
  );
}

/** Says what arrives, for those who cannot see the rows. */
function Announcements({ feed }: { feed: LiveFeed }) {
  const [announcer] = useState(() => new Announcer());
  const sentence = useStore(announcer.sentence);
  useEffect(() => {
    const release = feed.onArrival((events) => announcer.hear(events));
    return () => {
      release();
      announcer.stop();
    };
  }, [feed, announcer]);
  return (
    <p className="heard-only" aria-live="polite" data-testid="feed-announcement">
      {sentence}
    </p>
  );
}
