import { useEffect, useState } from "react";
import { useClient, useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useStore } from "../api/store";
import { dateWords } from "../app/clock";
import { Cell, Rows } from "../configuration/Page";
import { CancelJobDocument, type JobRowFragment, JobsDocument } from "../gql/operations";
import { firstPage, type Page, Pages } from "../people/Pages";
import { may, type Viewer } from "../session/permission";
import { Badge } from "../ui/Badge";
import { Confirm } from "../ui/Confirm";
import { type JobsById, type JobStates, newest } from "./job-states";
import { NewImport } from "./NewImport";
import { isOpen, KIND_WORDS, progressWords, STATE_TONES, STATE_WORDS } from "./words";
import "./jobs.css";

/** The imports: a new one, those under way as they come further, and what became of the others. */
export function Jobs({ viewer, states }: { viewer: Viewer; states: JobStates }) {
  const api = useClient();
  const [page, setPage] = useState<Page>(firstPage);
  const [{ data, error }, ask] = useQuery({ query: JobsDocument, variables: page, requestPolicy: "cache-and-network" });
  const [cancelling, setCancelling] = useState<JobRowFragment | null>(null);
  const heard = useStore(states.jobs);
  const jobs = data && newest(data.jobs.nodes, heard);
  const reload = (): void => ask({ requestPolicy: "network-only" });
  useEffect(() => states.watch(), [states]);
  const unknown = data !== undefined && page === firstPage ? begunSince(data.jobs.nodes, heard) : null;
  useEffect(() => {
    if (unknown !== null) ask({ requestPolicy: "network-only" });
  }, [unknown, ask]);

  return (
    <section className="screen" aria-labelledby="jobs-title">
      <header className="screen-head">
        <h1 id="jobs-title">Imports</h1>
      </header>
      {may(viewer, "cardholder.write") && <NewImport viewer={viewer} onBegun={reload} />}
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!jobs && !error && <p className="quiet">Loading…</p>}
      {jobs?.length === 0 && <p className="quiet">Nothing was imported yet.</p>}
      {jobs && jobs.length > 0 && (
        <Rows caption="Imports" columns={["What", "State", "Progress", "Begun", "By", "More"]}>
          {jobs.map((job) => (
            <JobLine key={job.id} job={job} onCancel={() => setCancelling(job)} />
          ))}
        </Rows>
      )}
      {data && (data.jobs.pageInfo.hasNextPage || data.jobs.pageInfo.hasPreviousPage) && (
        <Pages info={data.jobs.pageInfo} onPage={setPage} />
      )}
      {cancelling && (
        <Confirm
          title={`Cancel the import of ${KIND_WORDS[cancelling.kind].toLowerCase()}?`}
          action="Cancel the import"
          onConfirm={async () => (await send(api, CancelJobDocument, { input: { id: cancelling.id } })).problems}
          onDone={() => {
            setCancelling(null);
            reload();
          }}
          onReload={reload}
          onClose={() => setCancelling(null)}
        >
          <p>What was imported so far stays.</p>
        </Confirm>
      )}
    </section>
  );
}

/** The latest import that was begun since the rows were read; ids are in the order of time. */
function begunSince(rows: readonly JobRowFragment[], heard: JobsById): string | null {
  const latest = rows[0]?.id ?? "";
  return [...heard.keys()].filter((id) => id > latest).toSorted().at(-1) ?? null;
}

function JobLine({ job, onCancel }: { job: JobRowFragment; onCancel: () => void }) {
  const { kind, state, dryRun, done, total, createdAt, userName, resultUrl } = job;
  const words = `${KIND_WORDS[kind]}${dryRun ? ", tried" : ""}`;
  return (
    <tr data-testid="job">
      <th scope="row">{words}</th>
      <Cell label="State">
        <Badge tone={STATE_TONES[state]} word={STATE_WORDS[state]} />
      </Cell>
      <Cell label="Progress">
        {isOpen(job) && <progress className="job-progress" value={done} max={Math.max(1, total)} aria-label={`Progress of ${words}`} />}
        <span>{progressWords(job)}</span>
      </Cell>
      <Cell label="Begun">{dateWords(Date.parse(createdAt))}</Cell>
      <Cell label="By">{userName}</Cell>
      <td>
        <span className="row-actions">
          {resultUrl !== null && (
            <a className="button" href={resultUrl} download aria-label={`Result of ${words}`}>
              Result
            </a>
          )}
          {isOpen(job) && (
            <button type="button" aria-label={`Cancel ${words}`} onClick={onCancel}>
              Cancel
            </button>
          )}
        </span>
      </td>
    </tr>
  );
}
