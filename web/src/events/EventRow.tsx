import { memo } from "react";

import { clockTime, dayWords, otherDay } from "../app/clock";
import { hrefOf } from "../app/route";
import { Photo } from "../ui/Photo";
import type { IconName } from "../ui/Icon";
import type { FeedEvent } from "./feed";
import { OutcomeBadge } from "./OutcomeBadge";
import { headlineOf, outcomeOf, placeOf, reasonOf } from "./words";

const CATEGORY_ICONS: Record<FeedEvent["category"], IconName> = {
  ACCESS: "person",
  DOOR: "door",
  DEVICE: "card",
  VIDEO: "camera",
  SYSTEM: "screen",
  AUDIT: "person",
};

interface EventRowProps {
  event: FeedEvent;
  chosen: boolean;
  /** A moment of today (ms since the epoch): events of another day show their date. */
  nowMs: number;
}

/** One line of the feed; it leads to the event's details. */
export const EventRow = memo(function EventRow({ event, chosen, nowMs }: EventRowProps) {
  const outcome = outcomeOf(event);
  const reason = reasonOf(event);
  const atMs = Date.parse(event.at);
  const day = otherDay(atMs, nowMs);
  return (
    <li
      className={`event-row tone-${outcome.tone}`}
      data-testid="event-row"
      data-event-id={event.id}
      data-event-type={event.type}
      data-reason={event.reason ?? ""}
      data-severity={event.severity}
    >
      <a href={hrefOf({ screen: "desk", eventId: event.id })} aria-current={chosen ? "true" : undefined}>
        <Photo url={event.photoUrl} instead={CATEGORY_ICONS[event.category]} />
        <span className="event-main">
          <span className="event-head">{headlineOf(event)}</span>
          <span className="event-place">{placeOf(event)}</span>
          {reason !== null && <span className="event-reason">{reason}</span>}
        </span>
        <span className="event-side">
          <OutcomeBadge outcome={outcome} />
          <time dateTime={event.at} title={dayWords(atMs)}>
            {day === null ? "" : `${day}, `}
            {clockTime(atMs)}
          </time>
        </span>
      </a>
    </li>
  );
});
