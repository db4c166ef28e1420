import { useState } from "react";
import { useClient } from "urql";

import { sentenceOf } from "../api/client";
import { useWhole } from "../api/use-whole";
import { clockTime } from "../app/clock";
import { EnrolmentReadersDocument, LastReadDocument, type LastReadQuery } from "../gql/operations";
import { peopleHref } from "../people/place";
import { Select } from "../ui/Select";
import type { TokenDraft } from "./new-credential";
import { cardNumber } from "./words";

const WITHIN = "PT1M";

type Read = NonNullable<LastReadQuery["lastRead"]>;
type Reading = Read["readings"][number];
type Answer = { read: Read } | { sentence: string } | null;

/** Takes the last card that was shown at a reader, known to the system or not, into the form. */
export function TakeRead({ onTake }: { onTake: (card: Partial<TokenDraft>) => void }) {
  const api = useClient();
  const [{ data }] = useWhole({ query: EnrolmentReadersDocument });
  const [chosen, setChosen] = useState<string | null>(null);
  const [answer, setAnswer] = useState<Answer>(null);
  const [pending, setPending] = useState(false);
  const readers = (data?.doors ?? []).flatMap((door) =>
    door.readers.map(({ id, name, side, online }) => {
      const words = `${door.name}, side ${side}: ${name}${online ? "" : " (offline)"}`;
      return [id, words] as const;
    }),
  );
  const readerId = chosen ?? readers[0]?.[0];
  if (readerId === undefined) return data ? <p className="quiet">There are no readers to take a card from.</p> : null;

  const ask = async (): Promise<void> => {
    setPending(true);
    const variables = { readerId, within: WITHIN };
    const { data: found, error } = await api.query(LastReadDocument, variables, { requestPolicy: "network-only" }).toPromise();
    setPending(false);
    const read = found?.lastRead;
    if (read) {
      setAnswer({ read });
      const card = onlyCardOf(read);
      if (card) onTake(card);
    } else {
      setAnswer({
        sentence: error ? sentenceOf(error) : "No card was shown there in the last minute. Show the card to the reader, then try again.",
      });
    }
  };

  return (
    <fieldset className="form-part">
      <legend>From a reader</legend>
      <Select label="Reader" value={readerId} options={readers} onChange={setChosen} />
      <p>
        <button type="button" disabled={pending} onClick={() => void ask()} data-testid="take-read">
          {pending ? "Asking…" : "Take the last card read"}
        </button>
      </p>
      <div role="status">
        {answer !== null && ("sentence" in answer ? <p>{answer.sentence}</p> : <Found read={answer.read} onTake={onTake} />)}
      </div>
    </fieldset>
  );
}

/** What is taken without asking: the one way in which the card can be read, or its bits if there is none. */
function onlyCardOf({ credential, readings, bits }: Read): Partial<TokenDraft> | null {
  if (credential !== null) return null;
  const [first, second] = readings;
  if (first === undefined) return bits === null ? null : { cardInput: "BITS", rawBits: bits };
  return second === undefined ? cardOf(first) : null;
}

function cardOf({ format, facilityCode, number }: Reading): Partial<TokenDraft> {
  return { cardInput: "FORMAT", format, facilityCode: facilityCode ?? "", number };
}

function Found({ read, onTake }: { read: Read; onTake: (card: Partial<TokenDraft>) => void }) {
  const { at, credential, cardholderId, cardholderName, readings, bits } = read;
  const when = clockTime(Date.parse(at));
  if (credential !== null) {
    return (
      <p>
        The card shown at {when} is {credential.name} of{" "}
        {cardholderId === null ? "somebody" : <a href={peopleHref({ screen: "cardholder", id: cardholderId })}>{cardholderName}</a>}{" "}
        already.
      </p>
    );
  }
  if (readings.length === 0) {
    return <p>No active format reads the card shown at {when}. Its {bits?.length} bits are taken as they are.</p>;
  }
  if (readings.length === 1) return <p>Taken: the card shown at {when}.</p>;
  return (
    <>
      <p>Several formats read the card shown at {when}. Choose one:</p>
      <p className="row-actions">
        {readings.map((reading) => (
          <button key={reading.format} type="button" onClick={() => onTake(cardOf(reading))}>
            {cardNumber({ ...reading, rawBits: null })}
          </button>
        ))}
      </p>
    </>
  );
}
