import { useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { KINDS } from "../credentials/kinds";
import { CarriedDocument, WouldPassDocument } from "../gql/operations";
import { choiceOf, useFoundPeople } from "../people/use-found-people";
import { may, type Viewer } from "../session/permission";
import { PickOne } from "../ui/PickOne";
import { Select } from "../ui/Select";
import { Answer } from "./Answer";
import { ByCardNumber } from "./ByCardNumber";
import { PlaceAndTime, useDoors } from "./PlaceAndTime";
import type { Asked } from "./place";
import { useAsking } from "./use-asking";

const BEST = "best";

/** Would somebody pass a side of a door: the form, and the answer to what the address asks. */
export function WouldPass({ asked, viewer }: { asked: Asked; viewer: Viewer }) {
  const { draft, change, problems, submit, turn } = useAsking("would", asked);
  const doors = useDoors();
  const [found, search] = useFoundPeople();
  const [{ data }] = useQuery({
    query: CarriedDocument,
    variables: { id: draft.cardholderId ?? "" },
    pause: draft.cardholderId === null,
  });
  const person = draft.cardholderId !== null && data?.cardholder?.id === draft.cardholderId ? data.cardholder : null;

  return (
    <>
      <form className="form panel pad" noValidate onSubmit={submit}>
        <PickOne
          label="Cardholder"
          chosen={draft.cardholderId === null ? null : person ? choiceOf(person) : { id: draft.cardholderId, name: "…" }}
          options={found}
          onSearch={search}
          onChange={(chosen) => change({ cardholderId: chosen?.id ?? null, credentialId: null })}
          problem={problems.cardholder}
        />
        {draft.cardholderId === null && may(viewer, "card_number.view") && (
          <ByCardNumber onFound={(cardholderId, credentialId) => change({ cardholderId, credentialId })} />
        )}
        {person && (
          <Select
            label="Shown"
            value={draft.credentialId ?? BEST}
            options={[
              [BEST, "The best of what they carry"],
              ...person.credentials.map(({ id, kind, name }) => [id, `${KINDS[kind].word}: ${name}`] as const),
            ]}
            onChange={(shown) => change({ credentialId: shown === BEST ? null : shown })}
          />
        )}
        <PlaceAndTime draft={draft} change={change} doors={doors} problems={problems} />
        <div className="form-end">
          <button type="submit" className="primary">
            Ask
          </button>
        </div>
      </form>
      {asked.cardholderId !== null && asked.doorId !== null && (
        <Asking key={turn} asked={asked} cardholderId={asked.cardholderId} doorId={asked.doorId} />
      )}
    </>
  );
}

function Asking({ asked, cardholderId, doorId }: { asked: Asked; cardholderId: string; doorId: string }) {
  const { side, at, credentialId } = asked;
  const [{ data, error }] = useQuery({
    query: WouldPassDocument,
    variables: { cardholderId, doorId, side, at, credentialIds: credentialId === null ? null : [credentialId] },
    requestPolicy: "network-only",
  });
  return (
    <section className="panel pad rows" aria-labelledby="answer-title" aria-live="polite">
      <h2 id="answer-title">The answer</h2>
      {error && <p className="note-problem">{sentenceOf(error)}</p>}
      {!data && !error && <p className="quiet">Deciding…</p>}
      {data && <Answer answer={data.wouldPass} now={at === null} />}
    </section>
  );
}
