import { useDeferredValue, useEffect, useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { browserWait } from "../api/wait";
import { useMinute } from "../app/now";
import { hrefOf } from "../app/route";
import { CardholdersDocument, type CardholderRowFragment, type CardholdersQueryVariables } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Field } from "../ui/Field";
import { Photo } from "../ui/Photo";
import { standingOf } from "./standing";
import { StandingBadge } from "./StandingBadge";
import "./cardholders.css";

const PAGE = 25;
const TYPING_MS = 250;

type Page = { first: number; after?: string | null } | { last: number; before: string | null };

/** All cardholders, page by page, or those that a search finds. */
export function CardholderList({ viewer }: { viewer: Viewer }) {
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [page, setPage] = useState<Page>({ first: PAGE });
  useEffect(
    () =>
      browserWait(() => {
        setSearch(typed.trim());
        setPage({ first: PAGE });
      }, TYPING_MS),
    [typed],
  );
  const variables: CardholdersQueryVariables = { ...page, search: search === "" ? null : search };
  const [{ data, error, fetching }] = useQuery({ query: CardholdersDocument, variables, requestPolicy: "cache-and-network" });
  const shown = useDeferredValue(data?.cardholders);

  return (
    <section className="screen" aria-labelledby="cardholders-title">
      <header className="screen-head">
        <h1 id="cardholders-title">Cardholders</h1>
        {may(viewer, "cardholder.write") && (
          <a className="button primary" href={hrefOf({ screen: "new-cardholder" })} data-testid="new-cardholder">
            New cardholder
          </a>
        )}
      </header>
      <search>
        <Field
          label="Search by name, number or e-mail"
          type="search"
          value={typed}
          autoComplete="off"
          onChange={(change) => setTyped(change.currentTarget.value)}
          data-testid="cardholder-search"
        />
      </search>
      {error && !shown && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      <p className="heard-only" role="status">
        {fetching || !shown ? "" : `${shown.nodes.length} cardholders shown.`}
      </p>
      {shown && shown.nodes.length === 0 && (
        <p className="quiet">{search === "" ? "There are no cardholders yet." : `Nobody is found for “${search}”.`}</p>
      )}
      {shown && shown.nodes.length > 0 && <Rows rows={shown.nodes} />}
      {shown && (
        <nav className="pages" aria-label="Pages">
          <button
            type="button"
            disabled={!shown.pageInfo.hasPreviousPage}
            onClick={() => setPage({ last: PAGE, before: shown.pageInfo.startCursor })}
          >
            Previous
          </button>
          <button
            type="button"
            disabled={!shown.pageInfo.hasNextPage}
            onClick={() => setPage({ first: PAGE, after: shown.pageInfo.endCursor })}
          >
            Next
          </button>
        </nav>
      )}
    </section>
  );
}

function Rows({ rows }: { rows: readonly CardholderRowFragment[] }) {
  const nowMs = useMinute();
  return (
    <table className="table panel">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Number</th>
          <th scope="col">Groups</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-testid="cardholder-row">
            <th scope="row">
              <a className="person" href={hrefOf({ screen: "cardholder", id: row.id })}>
                <Photo url={row.photoUrl} instead="person" />
                {row.firstName} {row.lastName}
              </a>
            </th>
            <td data-label="Number">{row.number}</td>
            <td data-label="Groups">{row.groups.map((group) => group.name).join(", ")}</td>
            <td data-label="Status">
              <StandingBadge standing={standingOf(row, nowMs)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
