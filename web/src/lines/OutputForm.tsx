import { useState } from "react";

import type { OutputAction } from "../gql/operations";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import {
  OUTPUT_ACTIONS,
  OUTPUT_WORDS,
  outputEndProblem,
  type OutputTerms,
  outputTerms,
  PULSE_TIMES,
  USUAL_OUTPUT_TERMS,
} from "./actions";

interface OutputFormProps {
  /** Whether it is held by hand, so that it can be given back. */
  held: boolean;
  onChoose: (action: OutputAction, terms: OutputTerms) => void;
  now?: () => number;
}

/** Everything that can be done with an output by hand, with its terms. */
export function OutputForm({ held, onChoose, now = Date.now }: OutputFormProps) {
  const [terms, setTerms] = useState(USUAL_OUTPUT_TERMS);
  const [problem, setProblem] = useState<string | null>(null);
  const change = (part: Partial<typeof terms>): void => setTerms((was) => ({ ...was, ...part }));

  const choose = (action: OutputAction): void => {
    const wrong = outputEndProblem(action, terms.until, now());
    setProblem(wrong);
    if (wrong === null) onChoose(action, outputTerms(action, terms));
  };
  return (
    <div className="form">
      <Text
        label="Reason"
        hint="Optional. It is written to the audit."
        value={terms.reason}
        onChange={(reason) => change({ reason })}
      />
      <div className="form-pair">
        <Text
          label="Ends at"
          hint="On and off. Empty: until it is given back."
          type="datetime-local"
          value={terms.until}
          onChange={(until) => {
            setProblem(null);
            change({ until });
          }}
          problem={problem ?? undefined}
        />
        <Select
          label="A pulse lasts"
          value={terms.pulseTime}
          options={PULSE_TIMES}
          onChange={(pulseTime) => change({ pulseTime })}
        />
      </div>
      <ul className="door-actions">
        {OUTPUT_ACTIONS.filter((action) => held || action !== "AUTO").map((action) => (
          <li key={action}>
            <button
              type="button"
              onClick={() => choose(action)}
              aria-describedby={`output-action-${action}`}
              data-testid={`output-action-${action}`}
            >
              {OUTPUT_WORDS[action].label}
            </button>
            <span id={`output-action-${action}`} className="quiet">
              {OUTPUT_WORDS[action].meaning}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
