import type { AnswerFragment } from "../gql/operations";
import { KINDS } from "../credentials/kinds";
import { Badge } from "../ui/Badge";
import { StepList } from "./StepList";
import { momentWords, OUTCOMES, verdict } from "./words";

/** What would be decided: the outcome in words, every check, and what the answer takes for granted. */
export function Answer({ answer, now }: { answer: AnswerFragment; now: boolean }) {
  const { outcome, reasonText, ruleName, credential, steps, assumptions, at } = answer;
  return (
    <div className="answer" data-testid="answer" data-outcome={outcome} data-reason={answer.reason}>
      <p className="answer-verdict">
        <Badge {...OUTCOMES[outcome]} /> <strong>{verdict(answer)}</strong>
      </p>
      <p className="detail-reason">{reasonText}</p>
      <dl className="answer-facts">
        <dt>When</dt>
        <dd>{momentWords(at, now)}</dd>
        <dt>Shown</dt>
        <dd>{credential === null ? "nothing that counts here" : `${KINDS[credential.kind].word}: ${credential.name}`}</dd>
        <dt>Access rule</dt>
        <dd>{ruleName ?? "none"}</dd>
      </dl>
      <h3>How that is decided</h3>
      <StepList steps={steps} />
      <Assumptions made={assumptions} />
    </div>
  );
}

/** What cannot be known, and is taken for granted. */
export function Assumptions({ made }: { made: readonly { code: string; text: string }[] }) {
  if (made.length === 0) return null;
  return (
    <details className="assumptions">
      <summary>What this takes for granted</summary>
      <ul>
        {made.map(({ code, text }) => (
          <li key={code}>{text}</li>
        ))}
      </ul>
    </details>
  );
}
