import { type ReactNode, useEffect, useRef } from "react";

import { useStore } from "../api/store";
import { dateWords } from "../app/clock";
import { hrefOf, openRoute } from "../app/route";
import { Clips } from "../clips/Clips";
import { may, type Viewer } from "../session/permission";
import { Icon } from "../ui/Icon";
import { Photo } from "../ui/Photo";
import { Correlated } from "./Correlated";
import type { FeedEvent } from "./feed";
import type { LiveFeed } from "./live-feed";
import { OutcomeBadge } from "./OutcomeBadge";
import { Trace } from "./Trace";
import { useEvent } from "./use-event";
import { headlineOf, outcomeOf, placeOf, reasonOf } from "./words";

/** The events that are decisions. */
const EXPLAINED = new Set(["access.granted", "access.denied"]);

interface EventDetailProps {
  id: string;
  feed: LiveFeed;
  viewer: Viewer;
}

/** Everything about one event: who, what and why, the recording, the steps of the decision, what belonged to it. */
export function EventDetail({ id, feed, viewer }: EventDetailProps) {
  const { rows } = useStore(feed.state);
  const event = useEvent(id, rows);
  const heading = useRef<HTMLHeadingElement>(null);
  const found = event?.id;

  // Each event that is opened takes the focus, and once more when the server has found it.
  // oxlint-disable-next-line react/exhaustive-effect-dependencies
  useEffect(() => heading.current?.focus(), [id, found]);

  const close = (): void => {
    openRoute({ screen: "desk", eventId: null });
    document.querySelector<HTMLElement>(`[data-event-id="${CSS.escape(id)}"] a`)?.focus();
  };

  return (
    // Escape closes the panel from anywhere inside it; the close button does the same.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className="detail panel"
      aria-label="Event"
      data-testid="event-detail"
      data-event-id={id}
      onKeyDown={(press) => {
        if (press.key === "Escape") close();
      }}
    >
      <header className="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {event ? headlineOf(event) : "Event"}
        </h2>
        <button type="button" className="icon-button" aria-label="Close the event" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {event === undefined && <p className="quiet pad">Loading the event…</p>}
      {event === null && <p className="quiet pad">There is no such event, or you may not see it.</p>}
      {event && <Found event={event} rows={rows} viewer={viewer} />}
    </section>
  );
}

function Found({ event, rows, viewer }: { event: FeedEvent; rows: readonly FeedEvent[]; viewer: Viewer }) {
  const known = event.cardholderId !== null && may(viewer, "cardholder.view");
  const reason = reasonOf(event);
  return (
    <div className="detail-body">
      <div className="detail-summary">
        {event.category === "ACCESS" && <Photo url={event.photoUrl} instead="person" size="large" />}
        <div>
          <OutcomeBadge outcome={outcomeOf(event)} />
          <p className="detail-title">{event.title}</p>
          <p>{placeOf(event)}</p>
          {reason !== null && (
            <p className="detail-reason" data-testid="event-reason">
              {reason}
            </p>
          )}
          <p className="quiet">
            <time dateTime={event.at}>{dateWords(Date.parse(event.at))}</time>
            {known && (
              <>
                {" · "}
                <a href={hrefOf({ screen: "cardholder", id: event.cardholderId ?? "" })}>Cardholder</a>
              </>
            )}
          </p>
        </div>
      </div>
      {(event.bookmarks.length > 0 || event.category === "ACCESS" || event.category === "DOOR") && (
        <Part title="Recording">
          <Clips key={event.id} event={event} allowed={may(viewer, "clip.view")} />
        </Part>
      )}
      {event.trace.length > 0 && (
        <Part title="How it was decided">
          <Trace steps={event.trace} />
          {EXPLAINED.has(event.type) && (
            <p>
              <a className="button" href={hrefOf({ screen: "access-check", question: "why", eventId: event.id })}>
                Explain
              </a>
            </p>
          )}
        </Part>
      )}
      <Correlated event={event} rows={rows} />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="detail-part" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
