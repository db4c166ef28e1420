import { useState } from "react";
import { useClient, useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { dateWords } from "../app/clock";
import { useMinute } from "../app/now";
import { hrefOf } from "../app/route";
import {
  CardholderDocument,
  type CardholderDetailFragment,
  type ProblemFragment,
  UpdateCardholderDocument,
  type UpdateCardholderInput,
} from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { Photo } from "../ui/Photo";
import { CardholderForm } from "./CardholderForm";
import { Cards } from "./Cards";
import { standingOf } from "./standing";
import { StandingBadge } from "./StandingBadge";
import "./cardholders.css";

/** One cardholder in full. */
export function CardholderScreen({ id, viewer }: { id: string; viewer: Viewer }) {
  const [{ data, error }, ask] = useQuery({
    query: CardholderDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const refresh = (): void => ask({ requestPolicy: "network-only" });
  return (
    <section className="screen" aria-labelledby="cardholder-title">
      <p className="crumb">
        <a href={hrefOf({ screen: "cardholders" })}>All cardholders</a>
      </p>
      {data?.cardholder ? (
        <Person cardholder={data.cardholder} viewer={viewer} refresh={refresh} />
      ) : (
        <>
          <h1 id="cardholder-title">Cardholder</h1>
          <p className="quiet">{error ? sentenceOf(error) : data ? "There is no such cardholder." : "Loading…"}</p>
        </>
      )}
    </section>
  );
}

interface PersonProps {
  cardholder: CardholderDetailFragment;
  viewer: Viewer;
  refresh: () => void;
}

function Person({ cardholder, viewer, refresh }: PersonProps) {
  const api = useClient();
  const nowMs = useMinute();
  const [editing, setEditing] = useState(false);
  const [problems, setProblems] = useState<readonly ProblemFragment[]>([]);
  const writable = may(viewer, "cardholder.write");

  const update = async (change: Omit<UpdateCardholderInput, "id" | "expectedVersion">): Promise<readonly ProblemFragment[]> => {
    const input = { id: cardholder.id, expectedVersion: cardholder.version, ...change };
    const sent = await send(api, UpdateCardholderDocument, { input });
    // Somebody else changed the cardholder: fetch what is there now, so that the next attempt can succeed.
    if (sent.problems.some((problem) => problem.code === "CONFLICT")) refresh();
    return sent.problems;
  };

  return (
    <>
      <header className="panel person-head">
        <Photo url={cardholder.photoUrl} instead="person" size="large" />
        <div>
          <h1 id="cardholder-title">
            {cardholder.firstName} {cardholder.lastName}
          </h1>
          <StandingBadge standing={standingOf(cardholder, nowMs)} />
        </div>
        {writable && (
          <div className="person-actions">
            <button type="button" onClick={() => setEditing(true)} data-testid="edit-cardholder">
              Edit
            </button>
            <button
              type="button"
              className={cardholder.suspended ? undefined : "danger"}
              onClick={() => void update({ suspended: !cardholder.suspended }).then(setProblems)}
              data-testid="suspend-cardholder"
            >
              {cardholder.suspended ? "End the suspension" : "Suspend"}
            </button>
          </div>
        )}
        <FormProblems sentences={problems.map((problem) => problem.message)} />
        <Facts cardholder={cardholder} />
      </header>
      <Cards cardholder={cardholder} writable={writable} refresh={refresh} />
      {editing && (
        <Dialog title={`Edit ${cardholder.firstName} ${cardholder.lastName}`} onClose={() => setEditing(false)}>
          <CardholderForm
            cardholder={cardholder}
            action="Save"
            onCancel={() => setEditing(false)}
            onSubmit={async (draft) => {
              const refused = await update(draft);
              if (refused.length === 0) setEditing(false);
              return refused;
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function Facts({ cardholder }: { cardholder: CardholderDetailFragment }) {
  const { number, email, groups, validFrom, validTo } = cardholder;
  const facts: [string, string][] = [
    ["Number", number],
    ["E-mail", email || "none"],
    ["Groups", groups.map((group) => group.name).join(", ") || "none"],
    ["Valid from", validFrom === null ? "always" : dateWords(Date.parse(validFrom))],
    ["Valid to", validTo === null ? "no end" : dateWords(Date.parse(validTo))],
  ];
  return (
    <dl className="facts">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
