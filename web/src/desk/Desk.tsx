import type { Live } from "../app/live";
import { Cameras } from "../cameras/Cameras";
import { DoorBoard } from "../doors/DoorBoard";
import { EventDetail } from "../events/EventDetail";
import { Feed } from "../events/Feed";
import { LineBoard } from "../lines/LineBoard";
import { may, type Viewer } from "../session/permission";
import "./desk.css";

interface DeskProps {
  live: Live;
  viewer: Viewer;
  eventId: string | null;
}

/** The security desk: how the doors stand, what happens, and one event in full. */
export function Desk({ live, viewer, eventId }: DeskProps) {
  const events = may(viewer, "event.view");
  return (
    <div className="desk" data-detail={eventId === null ? "none" : "open"}>
      <h1 className="heard-only">Security desk</h1>
      <div className="desk-site">
        {may(viewer, "door.view") && <DoorBoard doors={live.doors} connection={live.connection} viewer={viewer} />}
        {may(viewer, "io.read") && <LineBoard lines={live.lines} connection={live.connection} viewer={viewer} />}
        {may(viewer, "camera.view") && <Cameras feed={live.feed} />}
      </div>
      {events ? (
        <Feed feed={live.feed} chosenId={eventId} />
      ) : (
        <p className="quiet pad">You may not see events.</p>
      )}
      {events && eventId !== null && <EventDetail id={eventId} feed={live.feed} viewer={viewer} />}
      {events && eventId === null && (
        <aside className="detail-empty panel" aria-label="Event">
          <p className="quiet">Choose an event to see why it was decided so, and its recording.</p>
        </aside>
      )}
    </div>
  );
}
