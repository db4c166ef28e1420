import { sentenceOf } from "../api/client";
import { useStore } from "../api/store";
import type { Live } from "../app/live";
import "../configuration/configuration.css";
import { Forgive } from "../configuration/zones/Forgive";
import { occupancyWords } from "../configuration/zones/zone-draft";
import { ForgiveEverybodyDocument, type ZoneRowFragment } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Badge } from "../ui/Badge";
import { type ZonesRoute, zonesHref } from "./place";
import { useZones } from "./use-zones";
import { doorsOf, hasNested, tallyWords, toneOf } from "./zone-state";
import { ZoneActions } from "./ZoneActions";
import { ZoneView } from "./ZoneView";
import "./zones.css";

interface ZonesProps {
  route: ZonesRoute;
  live: Live;
  viewer: Viewer;
}

/** The zones at the desk: how their doors stand, how many are inside, and what can be done with all doors of one. */
export function Zones({ route, live, viewer }: ZonesProps) {
  const { zones, error } = useZones(live.feed);
  const doors = useStore(live.doors.doors);
  const stale = useStore(live.connection).state === "lost";
  const commanding = may(viewer, "door.command");
  const chosen = zones?.find(({ id }) => id === route.id);

  if (route.id !== null) {
    return (
      <section className="screen" aria-labelledby="zone-title">
        <p className="crumb">
          <a href={zonesHref({ screen: "zones", id: null })}>Zones</a>
        </p>
        <h1 id="zone-title">{chosen?.name ?? "Zone"}</h1>
        {error && !zones && <Problem sentence={sentenceOf(error)} />}
        {zones === undefined && !error && <p className="quiet">Loading…</p>}
        {zones !== undefined && chosen === undefined && <p className="quiet">This is not there any more.</p>}
        {zones !== undefined && chosen !== undefined && (
          <ZoneView key={chosen.id} zone={chosen} zones={zones} doors={doors} feed={live.feed} stale={stale} viewer={viewer} />
        )}
      </section>
    );
  }
  return (
    <section className="screen" aria-labelledby="zones-title">
      <header className="screen-head">
        <h1 id="zones-title">Zones</h1>
        {commanding && zones !== undefined && zones.length > 0 && (
          <div>
            <Forgive
              words="Forgive everybody"
              consequence="Where anybody is no longer counts for anti-passback in any zone."
              document={ForgiveEverybodyDocument}
              about={{}}
            />
          </div>
        )}
      </header>
      {error && <Problem sentence={sentenceOf(error)} />}
      {zones === undefined && !error && <p className="quiet">Loading…</p>}
      {zones?.length === 0 && <p className="quiet">There are no zones yet.</p>}
      <ul className="zones" data-stale={stale}>
        {zones?.map((zone) => {
          const its = doorsOf(zone, doors);
          return (
            <li key={zone.id} className={`tile tone-${toneOf(its)}`} data-testid="zone" data-zone-name={zone.name}>
              <h2 className="tile-name">
                <a href={zonesHref({ screen: "zones", id: zone.id })}>{zone.name}</a>
              </h2>
              {zone.parent && <p className="tile-facts">In {zone.parent.name}</p>}
              <p data-testid="zone-doors">
                {zone.doors.length === 0 ? "No doors" : tallyWords(its) || "Not known yet"}
                {stale && <span className="tile-stale"> (last known)</span>}
              </p>
              <Inside zone={zone} />
              {commanding && zone.doors.length > 0 && <ZoneActions zone={zone} nested={hasNested(zone, zones)} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Inside({ zone }: { zone: ZoneRowFragment }) {
  return (
    <p className="badges" data-testid="zone-occupancy">
      {occupancyWords(zone)} inside
      {zone.maxOccupancy !== null && zone.occupancy >= zone.maxOccupancy && <Badge tone="warning" word="Full" />}
      {zone.muster && <Badge tone="notice" word="Muster" />}
    </p>
  );
}

function Problem({ sentence }: { sentence: string }) {
  return (
    <p className="note-problem" role="alert">
      {sentence}
    </p>
  );
}
