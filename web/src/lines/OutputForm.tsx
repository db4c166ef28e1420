import { useRef, useState } from "react";
import { flushSync } from "react-dom";

import { reasonHint } from "../doors/use-reasons";
import type { OutputAction } from "../gql/operations";
import { focusFirstProblem } from "../ui/focus";
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
  /** Whether the site wants a reason. */
  explained?: boolean;
  onChoose: (action: OutputAction, terms: OutputTerms) => void;
  now?: () => number;
}

/** Everything that can be done with an output by hand, with its terms. */
export function OutputForm({ held, explained = false, onChoose, now = Date.now }: OutputFormProps) {
  const [terms, setTerms] = useState(USUAL_OUTPUT_TERMS);
  const [problem, setProblem] = useState<string | null>(null);
  const [silent, setSilent] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  const change = (part: Partial<typeof terms>): void => setTerms((was) => ({ ...was, ...part }));

  const choose = (action: OutputAction): void => {
    const wrong = outputEndProblem(action, terms.until, now());
    const unexplained = explained && terms.reason.trim() === "";
    flushSync(() => {
      setProblem(wrong);
      setSilent(unexplained);
    });
    if (wrong !== null || unexplained) focusFirstProblem(form.current);
    else onChoose(action, outputTerms(action, terms));
  };
  return (
    <div className="form" ref={form}>
      <Text
        label="Reason"
        hint={reasonHint(explained ? ["all"] : [], explained)}
        value={terms.reason}
        onChange={(reason) => {
          setSilent(false);
          change({ reason });
        }}
        problem={silent ? "This site wants a reason. Say why." : undefined}
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
