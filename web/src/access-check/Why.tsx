import { useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { hrefOf } from "../app/route";
import { ExplainDecisionDocument, type ExplainDecisionQuery } from "../gql/operations";
import { Badge } from "../ui/Badge";
import { Answer } from "./Answer";
import { StepList } from "./StepList";
import { momentWords, placeWords } from "./words";

/** Why an event was decided as it was, and what would be decided now. */
export function Why({ eventId }: { eventId: string }) {
  const [{ data, error }] = useQuery({
    query: ExplainDecisionDocument,
    variables: { eventId },
    requestPolicy: "network-only",
  });
  return (
    <>
      <p className="crumb">
        <a href={hrefOf({ screen: "desk", eventId })}>The event</a>
      </p>
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!data && !error && <p className="quiet">Loading…</p>}
      {data && <Explained found={data.explainDecision} />}
    </>
  );
}

function Explained({ found }: { found: ExplainDecisionQuery["explainDecision"] }) {
  const { outcome, at, doorName, side, cardholderName, reasonText, ruleName, scheduleName, steps, now } = found;
  const place = doorName === null ? "a door that is gone" : side === null ? doorName : placeWords(doorName, side);
  const granted = outcome === "GRANTED";
  return (
    <>
      <section className="panel pad answer" aria-label="Then" data-testid="explanation" data-outcome={outcome}>
        <h2>Then</h2>
        <p className="answer-verdict">
          <Badge tone={granted ? "good" : "danger"} word={granted ? "Granted" : "Denied"} />{" "}
          <strong>
            {cardholderName ?? "Somebody"} {granted ? "was let through" : "was denied at"} {place}.
          </strong>
        </p>
        <p className="detail-reason">{reasonText}</p>
        <dl className="answer-facts">
          <dt>When</dt>
          <dd>{momentWords(at, false)}</dd>
          <dt>Access rule</dt>
          <dd>{ruleName ?? "none"}</dd>
          <dt>Schedule</dt>
          <dd>{scheduleName ?? "none"}</dd>
        </dl>
        <h3>How it was decided</h3>
        {steps.length === 0 ? <p className="quiet">No checks were written down.</p> : <StepList steps={steps} />}
        <p className="field-hint">Names are those of that time; links lead to what is called so today.</p>
      </section>
      {now && (
        <section className="panel pad" aria-label="Now">
          <h2>If they showed the same now</h2>
          <Answer answer={now} now />
        </section>
      )}
    </>
  );
}
