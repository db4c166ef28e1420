import { useEffect, useState } from "react";
import { useQuery } from "urql";

import { browserWait } from "../../api/wait";
import { useMinute } from "../../app/now";
import { RuleListDocument, type RuleListQueryVariables, type RuleRowFragment } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Text } from "../../ui/Text";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { missingWords } from "./rule-draft";

const PAGE = 25;
const TYPING_MS = 250;
const SHOWN_NAMES = 3;

type Page = { first: number; after?: string | null } | { last: number; before: string | null };

/** All access rules, those that a search finds, or those that still lack something. */
export function RuleList({ writable }: { writable: boolean }) {
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [incomplete, setIncomplete] = useState(false);
  const [page, setPage] = useState<Page>({ first: PAGE });
  useEffect(
    () =>
      browserWait(() => {
        setSearch(typed.trim());
        setPage({ first: PAGE });
      }, TYPING_MS),
    [typed],
  );
  const variables: RuleListQueryVariables = { ...page, search: search || null, incomplete: incomplete || null };
  const [{ data, error }] = useQuery({ query: RuleListDocument, variables, requestPolicy: "cache-and-network" });
  const rules = data?.accessRules;
  const choose = (only: boolean): void => {
    setIncomplete(only);
    setPage({ first: PAGE });
  };
  return (
    <ListPage
      section="rules"
      create={writable ? "New access rule" : undefined}
      error={error}
      count={rules?.nodes.length}
      empty={emptyWords(search, incomplete)}
      tools={
        <>
          <search>
            <Text label="Search by name" type="search" value={typed} onChange={setTyped} />
          </search>
          <div className="choices" role="group" aria-label="Which rules">
            <button type="button" aria-pressed={!incomplete} onClick={() => choose(false)}>
              All
            </button>
            <button type="button" aria-pressed={incomplete} onClick={() => choose(true)}>
              Incomplete
            </button>
          </div>
        </>
      }
    >
      <Rows caption="Access rules" columns={["Name", "Who", "Where", "When", "Status"]}>
        {rules?.nodes.map((rule) => (
          <Row key={rule.id} rule={rule} />
        ))}
      </Rows>
      <nav className="pages" aria-label="Pages">
        <button
          type="button"
          disabled={rules?.pageInfo.hasPreviousPage !== true}
          onClick={() => setPage({ last: PAGE, before: rules?.pageInfo.startCursor ?? null })}
        >
          Previous
        </button>
        <button
          type="button"
          disabled={rules?.pageInfo.hasNextPage !== true}
          onClick={() => setPage({ first: PAGE, after: rules?.pageInfo.endCursor ?? null })}
        >
          Next
        </button>
      </nav>
    </ListPage>
  );
}

function Row({ rule }: { rule: RuleRowFragment }) {
  const doors = new Map(rule.doorSides.map(({ door }) => [door.id, door]));
  return (
    <tr>
      <NameCell section="rules" id={rule.id} name={rule.name} />
      <Cell label="Who">{names([...rule.groups, ...(rule.cardholders ?? [])])}</Cell>
      <Cell label="Where">{names([...rule.zones, ...doors.values()])}</Cell>
      <Cell label="When">{names(rule.schedules)}</Cell>
      <Cell label="Status">
        <RuleStatus rule={rule} />
      </Cell>
    </tr>
  );
}

/** Whether the rule lets anybody in at this moment, and if not, why. */
export function RuleStatus({ rule }: { rule: RuleRowFragment }) {
  const nowMs = useMinute();
  const badges = [];
  if (!rule.enabled) badges.push(<Badge key="off" tone="off" word="Disabled" />);
  if (rule.missing.length > 0) {
    badges.push(<Badge key="missing" tone="warning" word={`Lacks ${missingWords(rule.missing)}`} />);
  }
  if (rule.validTo !== null && Date.parse(rule.validTo) <= nowMs) {
    badges.push(<Badge key="expired" tone="off" word="Expired" />);
  }
  if (rule.validFrom !== null && Date.parse(rule.validFrom) > nowMs) {
    badges.push(<Badge key="early" tone="notice" word="Not yet valid" />);
  }
  return <span className="badges">{badges.length > 0 ? badges : <Badge tone="good" word="Applies" />}</span>;
}

function names(things: readonly { name: string }[]): string {
  const shown = things.slice(0, SHOWN_NAMES).map((each) => each.name);
  const more = things.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ") || "nothing";
}

function emptyWords(search: string, incomplete: boolean): string {
  if (search !== "") return `Nothing is found for “${search}”.`;
  return incomplete ? "No rule lacks anything." : "There are no access rules yet: nobody passes by a rule.";
}
