import { useEffect, useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { dateWords } from "../app/clock";
import { hrefOf } from "../app/route";
import { Cell, Rows } from "../configuration/Page";
import { CompareDraftDocument, type CompareDraftQuery, type DraftChangeInput } from "../gql/operations";
import { firstPage, type Page, Pages } from "../people/Pages";
import { FormProblems } from "../ui/Field";
import { spansWords } from "./spans";
import { placeWords } from "./words";
import "./access-check.css";

type Compared = NonNullable<CompareDraftQuery["compareDraft"]["comparison"]>;

interface ComparisonProps {
  draft: readonly DraftChangeInput[];
  /** ISO; the time compared begins here. */
  start: string;
  days: number;
  /** Whether people's names lead to them; not over a form that one would leave. */
  linked: boolean;
}

/** Who gains and who loses access by a draft. It is asked as soon as this is shown; nothing of the draft is stored. */
export function Comparison({ draft, start, days, linked }: ComparisonProps) {
  const [page, setPage] = useState<Page>(firstPage);
  const [{ data, error, fetching }] = useQuery({
    query: CompareDraftDocument,
    variables: { draft: [...draft], start, days, ...page },
    requestPolicy: "network-only",
  });
  const found = data?.compareDraft.comparison;
  const problems = data?.compareDraft.errors ?? [];
  return (
    <section className="comparison" aria-label="What would change" aria-busy={fetching}>
      {fetching && <Waiting />}
      <div role="status">{found && <Counts found={found} days={days} />}</div>
      <FormProblems sentences={error ? [sentenceOf(error)] : problems.map(({ message }) => message)} />
      {found && found.total > 0 && (
        <>
          <Differences found={found} linked={linked} />
          <Pages info={found.differences.pageInfo} onPage={setPage} />
        </>
      )}
      {found && (
        <p className="field-hint">
          Compared by rules, schedules, groups, dates and the lockdowns of threat levels; times are those of this browser.
          Credentials, identification, anti-passback and company at the door are not compared. Nothing has been changed.
        </p>
      )}
    </section>
  );
}

/** How long the answer has been waited for: large sites take some seconds. */
function Waiting() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((was) => was + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div>
      <progress aria-label="Comparing" />
      <p className="quiet" aria-hidden="true">
        Comparing{seconds > 1 ? `, ${seconds} s` : ""}… Large sites take some seconds.
      </p>
    </div>
  );
}

function Counts({ found, days }: { found: Compared; days: number }) {
  const { start, end, gaining, losing, total } = found;
  return (
    <>
      <p data-testid="comparison-counts" className="comparison-counts">
        <span className="gained">
          <strong>{gaining}</strong> {gaining === 1 ? "person gains" : "people gain"} access
        </span>
        <span className="lost">
          <strong>{losing}</strong> {losing === 1 ? "person loses" : "people lose"} access
        </span>
      </p>
      <p>
        From {dateWords(Date.parse(start))} to {dateWords(Date.parse(end))} ({days} {days === 1 ? "day" : "days"}).{" "}
        {total === 0 && "Nobody’s access changes in this time."}
      </p>
    </>
  );
}

function Differences({ found, linked }: { found: Compared; linked: boolean }) {
  const whole = { startsAt: found.start, endsAt: found.end };
  return (
    <Rows caption="Who gains and who loses access" columns={["Cardholder", "Door", "Gains", "Loses"]}>
      {found.differences.nodes.map(({ cardholder, door, side, gained, lost }) => (
        <tr key={`${cardholder.id} ${door.id} ${side}`} data-testid="difference">
          <th scope="row">
            {linked ? <a href={hrefOf({ screen: "cardholder", id: cardholder.id })}>{cardholder.name}</a> : cardholder.name}{" "}
            <span className="quiet">({cardholder.number})</span>
          </th>
          <Cell label="Door">{placeWords(door.name, side)}</Cell>
          <Cell label="Gains">
            {gained.length === 0 ? "nothing" : <span className="gained">{spansWords(gained, whole)}</span>}
          </Cell>
          <Cell label="Loses">
            {lost.length === 0 ? "nothing" : <span className="lost">{spansWords(lost, whole)}</span>}
          </Cell>
        </tr>
      ))}
    </Rows>
  );
}
