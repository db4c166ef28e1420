import { useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../../api/client";
import { dateWords } from "../../app/clock";
import { hrefOf } from "../../app/route";
import { ForgiveCardholderDocument, InsideDocument, type ZoneRowFragment } from "../../gql/operations";
import { Part } from "../Editor";
import { Cell, Rows } from "../Page";
import { Forgive } from "./Forgive";
import { occupancyWords } from "./zone-draft";

const PAGE = 25;

type Page = { first: number; after?: string | null } | { last: number; before: string | null };

/** Who is in a zone and in the zones inside it, for those who may see cardholders. */
export function Inside({ zone, commanding }: { zone: ZoneRowFragment; commanding: boolean }) {
  const [page, setPage] = useState<Page>({ first: PAGE });
  const [{ data, error }, ask] = useQuery({
    query: InsideDocument,
    variables: { zoneId: zone.id, ...page },
    requestPolicy: "cache-and-network",
  });
  const people = data?.occupants;
  return (
    <Part
      title={`Inside now: ${occupancyWords(zone)}`}
      end={
        <button type="button" onClick={() => ask({ requestPolicy: "network-only" })}>
          Look again
        </button>
      }
    >
      {error && <p className="note-problem">{sentenceOf(error)}</p>}
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
    </Part>
  );
}
