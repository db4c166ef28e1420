import { antiPassbackWords, occupancyWords } from "../configuration/zones/zone-draft";
import type { Doors } from "../doors/door-states";
import { DoorTile } from "../doors/DoorTile";
import type { LiveFeed } from "../events/live-feed";
import type { ZoneRowFragment } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Occupants } from "./Occupants";
import { doorsOf, hasNested, tallyWords } from "./zone-state";
import { ZoneActions } from "./ZoneActions";

interface ZoneViewProps {
  zone: ZoneRowFragment;
  zones: readonly ZoneRowFragment[];
  doors: Doors | null;
  feed: LiveFeed;
  stale: boolean;
  viewer: Viewer;
}

/** One zone: all its doors at once, each by itself, and who is inside. */
export function ZoneView({ zone, zones, doors, feed, stale, viewer }: ZoneViewProps) {
  const its = doorsOf(zone, doors);
  const commanding = may(viewer, "door.command");
  return (
    <>
      <div className="zone-facts">
        <p data-testid="zone-doors">{tallyWords(its) || "Nothing is known of its doors yet."}</p>
        <p className="quiet">
          {occupancyWords(zone)} inside. Anti-passback: {antiPassbackWords(zone).toLowerCase()}.
          {zone.parent && ` In ${zone.parent.name}.`}
        </p>
        {commanding && zone.doors.length > 0 && <ZoneActions zone={zone} nested={hasNested(zone, zones)} />}
      </div>
      {zone.doors.length === 0 ? (
        <p className="quiet">No doors lead into this zone yet.</p>
      ) : (
        <section aria-labelledby="zone-doors-title">
          <h2 id="zone-doors-title" className="heard-only">
            Doors
          </h2>
          <ul className="tiles" data-stale={stale}>
            {its.map((door) => (
              <DoorTile key={door.id} door={door} stale={stale} commandable={commanding} />
            ))}
          </ul>
        </section>
      )}
      {may(viewer, "cardholder.view") && <Occupants zone={zone} feed={feed} commanding={commanding} />}
    </>
  );
}
