import { useEffect, useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { browserWait } from "../api/wait";
import { hrefOf } from "../app/route";
import { Cell, Rows } from "../configuration/Page";
import { configurationHref, inConfiguration } from "../configuration/place";
import { WhoCanPassDocument, type WhoCanPassQuery } from "../gql/operations";
import { firstPage, type Page, Pages } from "../people/Pages";
import { Badge } from "../ui/Badge";
import { Text } from "../ui/Text";
import { Assumptions } from "./Answer";
import { PlaceAndTime, useDoors } from "./PlaceAndTime";
import { accessCheckHref, type Asked, asking } from "./place";
import { useAsking } from "./use-asking";
import { momentWords, OUTCOMES, placeWords } from "./words";

const TYPING_MS = 250;

type Found = WhoCanPassQuery["whoCanPass"];

/** Who can pass a side of a door: the form, and everybody whom a rule names there. */
export function WhoCanPass({ asked }: { asked: Asked }) {
  const { draft, change, problems, submit, turn } = useAsking("who", asked);
  const doors = useDoors();
  return (
    <>
      <form className="form panel pad" noValidate onSubmit={submit}>
        <PlaceAndTime draft={draft} change={change} doors={doors} problems={problems} />
        <div className="form-end">
          <button type="submit" className="primary">
            Show who can pass
          </button>
        </div>
      </form>
      {asked.doorId !== null && <Passers key={turn} asked={asked} doorId={asked.doorId} />}
    </>
  );
}

function Passers({ asked, doorId }: { asked: Asked; doorId: string }) {
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [reason, setReason] = useState<string | null>(null);
  const [page, setPage] = useState<Page>(firstPage);
  useEffect(
    () =>
      browserWait(() => {
        setSearch(typed.trim());
        setPage(firstPage);
      }, TYPING_MS),
    [typed],
  );
  const { side, at } = asked;
  const [{ data, error, fetching }] = useQuery({
    query: WhoCanPassDocument,
    variables: { doorId, side, at, reason, search: search || null, ...page },
    requestPolicy: "network-only",
  });
  const found = data?.whoCanPass;
  const filter = (wanted: string | null): void => {
    setReason(wanted);
    setPage(firstPage);
  };
  return (
    <section className="panel pad rows" aria-label="Who can pass" aria-busy={fetching}>
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      <p role="status">{found ? summary(found, at === null) : error ? "" : "Going through everybody…"}</p>
      {found && (
        <>
          <div className="choices" role="group" aria-label="Which of them">
            <button type="button" aria-pressed={reason === null} onClick={() => filter(null)}>
              All
            </button>
            {found.counts.map((count) => (
              <button
                key={`${count.outcome} ${count.reason}`}
                type="button"
                title={count.reasonText}
                aria-pressed={reason === count.reason}
                onClick={() => filter(count.reason)}
              >
                {count.outcome === "GRANTED" ? "Let in" : shortly(count.reasonText)}: {count.people}
              </button>
            ))}
          </div>
          <search>
            <Text label="Search by name" type="search" value={typed} onChange={setTyped} />
          </search>
          {found.people.nodes.length === 0 && <p className="quiet">Nobody is found.</p>}
          {found.people.nodes.length > 0 && <Table found={found} asked={asked} />}
          <Pages info={found.people.pageInfo} onPage={setPage} />
          <Assumptions made={found.assumptions} />
        </>
      )}
    </section>
  );
}

function Table({ found, asked }: { found: Found; asked: Asked }) {
  return (
    <Rows caption={`Who can pass ${placeWords(found.door.name, found.side)}`} columns={["Name", "Outcome", "Why", "Rule and schedule", "Details"]}>
      {found.people.nodes.map(({ cardholder, outcome, reasonText, ruleId, ruleName, scheduleName }) => (
        <tr key={cardholder.id} data-testid="passer">
          <th scope="row">
            <a href={hrefOf({ screen: "cardholder", id: cardholder.id })}>{cardholder.name}</a>{" "}
            <span className="quiet">({cardholder.number})</span>
          </th>
          <Cell label="Outcome">
            <Badge {...OUTCOMES[outcome]} />
          </Cell>
          <Cell label="Why">{reasonText}</Cell>
          <Cell label="Rule and schedule">
            {ruleId === null ? "none" : <a href={configurationHref(inConfiguration("rules", ruleId))}>{ruleName}</a>}
            {scheduleName !== null && `, ${scheduleName}`}
          </Cell>
          <Cell label="Details">
            <a
              href={accessCheckHref(asking("would", { ...asked, cardholderId: cardholder.id }))}
              aria-label={`Every check for ${cardholder.name}`}
            >
              Every check
            </a>
          </Cell>
        </tr>
      ))}
    </Rows>
  );
}

/** How many, where and when, as one sentence. */
function summary({ door, side, at, counts, unnamed }: Found, now: boolean): string {
  const people = (outcome?: string) =>
    counts.filter((count) => outcome === undefined || count.outcome === outcome).reduce((sum, count) => sum + count.people, 0);
  return (
    `${placeWords(door.name, side)}, ${momentWords(at, now)}: ${people("GRANTED")} of the ${people()} people whom a rule ` +
    `names here would be let in. No rule here names the other ${unnamed}.`
  );
}

/** The first sentence of a reason. */
function shortly(reason: string): string {
  return reason.split(/\.(\s|$)/)[0] ?? reason;
}
