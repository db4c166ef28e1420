import { useCallback, useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { dateWords } from "../app/clock";
import { hrefOf } from "../app/route";
import { useKeptFresh } from "../app/use-kept-fresh";
import { Cell, Rows } from "../configuration/Page";
import { Forgive } from "../configuration/zones/Forgive";
import { occupancyWords } from "../configuration/zones/zone-draft";
import type { LiveFeed } from "../events/live-feed";
import { ForgiveCardholderDocument, ForgiveZoneDocument, InsideDocument, type ZoneRowFragment } from "../gql/operations";
import { movesSomebody } from "./use-zones";

const PAGE = 25;

type Page = { first: number; after?: string | null } | { last: number; before: string | null };

interface OccupantsProps {
  zone: ZoneRowFragment;
  feed: LiveFeed;
  commanding: boolean;
}

/** Who is in a zone and in the zones inside it, as they come and go. */
export function Occupants({ zone, feed, commanding }: OccupantsProps) {
  const [page, setPage] = useState<Page>({ first: PAGE });
  const variables = { zoneId: zone.id, ...page };
  const [{ data, error }, query] = useQuery({ query: InsideDocument, variables, requestPolicy: "cache-and-network" });
  const ask = useCallback(() => query({ requestPolicy: "network-only" }), [query]);
  useKeptFresh(feed, ask, movesSomebody);
  const people = data?.occupants;
  return (
    <section className="part panel" aria-labelledby="inside-title">
      <div className="part-head">
        <h2 id="inside-title">Inside now: {occupancyWords(zone)}</h2>
        {commanding && (
          <div>
            <Forgive
              words="Forgive everybody inside"
              consequence="Who is in this zone no longer counts for its anti-passback."
              document={ForgiveZoneDocument}
              about={{ zoneId: zone.id }}
            />
          </div>
        )}
      </div>
      {error && <p className="note-problem">{sentenceOf(error)}</p>}
      {!people && !error && <p className="quiet">Loading…</p>}
      {people?.nodes.length === 0 && <p className="quiet">Nobody is known to be inside.</p>}
      {people && people.nodes.length > 0 && (
        <Rows caption="People inside" columns={["Name", "Zone", "Since", ...(commanding ? ["Anti-passback"] : [])]}>
          {people.nodes.map(({ cardholderId, cardholderName, since, zone: where }) => (
            <tr key={cardholderId}>
              <th scope="row">
                <a href={hrefOf({ screen: "cardholder", id: cardholderId })}>{cardholderName}</a>
              </th>
              <Cell label="Zone">{where?.name ?? "outside"}</Cell>
              <Cell label="Since">{dateWords(Date.parse(since))}</Cell>
              {commanding && (
                <Cell label="Anti-passback">
                  <Forgive
                    words={`Forgive ${cardholderName}`}
                    consequence="Where this person was no longer counts for anti-passback."
                    document={ForgiveCardholderDocument}
                    about={{ cardholderId }}
                  />
                </Cell>
              )}
            </tr>
          ))}
        </Rows>
      )}
      {people && (people.pageInfo.hasNextPage || people.pageInfo.hasPreviousPage) && (
        <nav className="pages" aria-label="Pages of people inside">
          <button
            type="button"
            disabled={!people.pageInfo.hasPreviousPage}
            onClick={() => setPage({ last: PAGE, before: people.pageInfo.startCursor })}
          >
            Previous
          </button>
          <button
            type="button"
            disabled={!people.pageInfo.hasNextPage}
            onClick={() => setPage({ first: PAGE, after: people.pageInfo.endCursor })}
          >
            Next
          </button>
        </nav>
      )}
    </section>
  );
}
