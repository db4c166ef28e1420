import { useDeferredValue, useEffect, useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { browserWait } from "../api/wait";
import { useMinute } from "../app/now";
import { hrefOf } from "../app/route";
import { CardholdersDocument, type CardholderRowFragment } from "../gql/operations";
import { firstPage, type Page, Pages } from "../people/Pages";
import { may, type Viewer } from "../session/permission";
import { Field } from "../ui/Field";
import { Photo } from "../ui/Photo";
import { EVERYBODY, filterOf, type FilterDraft, Filters } from "./Filters";
import { standingOf } from "./standing";
import { StandingBadge } from "./StandingBadge";
import "./cardholders.css";

const TYPING_MS = 250;

/** All cardholders, page by page, or those that a search and the filters find. */
export function CardholderList({ viewer }: { viewer: Viewer }) {
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [filters, setFilters] = useState(EVERYBODY);
  const [page, setPage] = useState<Page>(firstPage);
  useEffect(
    () =>
      browserWait(() => {
        setSearch(typed.trim());
        setPage(firstPage);
      }, TYPING_MS),
    [typed],
  );
  const filter = filterOf(filters);
  const variables = { ...page, search: search === "" ? null : search, filter };
  const [{ data, error, fetching }] = useQuery({ query: CardholdersDocument, variables, requestPolicy: "cache-and-network" });
  const shown = useDeferredValue(data?.cardholders);
  const narrow = (part: Partial<FilterDraft>): void => {
    setFilters({ ...filters, ...part });
    setPage(firstPage);
  };

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
          label="Search by name, number, e-mail, phone or custom field"
          type="search"
          value={typed}
          autoComplete="off"
          onChange={(change) => setTyped(change.currentTarget.value)}
          data-testid="cardholder-search"
        />
        <Filters draft={filters} change={narrow} />
      </search>
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!shown && !error && <p className="quiet">Loading…</p>}
      <p className="heard-only" role="status">
        {fetching || !shown ? "" : `${shown.nodes.length} cardholders shown.`}
      </p>
      {shown && shown.nodes.length === 0 && <p className="quiet">{emptyWords(search, filter !== null)}</p>}
      {shown && shown.nodes.length > 0 && <Rows rows={shown.nodes} />}
      {shown && <Pages info={shown.pageInfo} onPage={setPage} />}
    </section>
  );
}

function emptyWords(search: string, filtered: boolean): string {
  if (search !== "") return filtered ? `Nobody is found for “${search}” with these filters.` : `Nobody is found for “${search}”.`;
  return filtered ? "Nobody is found with these filters." : "There are no cardholders yet.";
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
                {row.visitor && <span className="tag">Visitor</span>}
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
