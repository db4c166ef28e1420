import { type ReactNode, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

import type { CommandKind } from "../gql/operations";
import { focusFirstProblem } from "../ui/focus";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { KIND_OF, NO_REASONS, reasonHint } from "./use-reasons";
import {
  ACTION_WORDS,
  type ActionTerms,
  DOOR_ACTIONS,
  type DoorAction,
  endProblem,
  GRANT_TIMES,
  termsOf,
  USUAL_TERMS,
  WITH_END,
} from "./actions";

interface ActionFormProps {
  /** What is acted upon: a door's name, or "all doors of" a zone. */
  about: string;
  /** Which actions are asked about before they are done. */
  asks: (action: DoorAction) => boolean;
  /** For which commands the site wants a reason. */
  needed?: ReadonlySet<CommandKind>;
  onChoose: (action: DoorAction, terms: ActionTerms) => void;
  /** What else there is to say about an action. */
  children?: ReactNode;
  now?: () => number;
}

/** Every manual action with its terms. A dangerous one is done after a question only. */
export function ActionForm({ about, asks, needed = NO_REASONS, onChoose, children, now = Date.now }: ActionFormProps) {
  const [terms, setTerms] = useState(USUAL_TERMS);
  const [asking, setAsking] = useState<DoorAction | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [unexplained, setUnexplained] = useState<DoorAction | null>(null);
  const form = useRef<HTMLDivElement>(null);
  const needing = DOOR_ACTIONS.filter((action) => needed.has(KIND_OF[action]));
  const change = (part: Partial<typeof terms>): void => setTerms((was) => ({ ...was, ...part }));

  const choose = (action: DoorAction): void => {
    const wrong = WITH_END.has(action) ? endProblem(terms.until, now()) : null;
    const silent = needed.has(KIND_OF[action]) && terms.reason.trim() === "";
    flushSync(() => {
      setProblem(wrong);
      setUnexplained(silent ? action : null);
    });
    if (wrong !== null || silent) {
      focusFirstProblem(form.current);
      return;
    }
    if (asks(action)) setAsking(action);
    else onChoose(action, termsOf(action, terms));
  };

  if (asking !== null) {
    return (
      <Question
        action={asking}
        about={about}
        until={WITH_END.has(asking) ? terms.until : null}
        onBack={() => setAsking(null)}
        onConfirm={() => onChoose(asking, termsOf(asking, terms))}
      />
    );
  }
  return (
    <div className="form" ref={form}>
      <Text
        label="Reason"
        hint={reasonHint(
          needing.map((action) => ACTION_WORDS[action].label),
          needing.length === DOOR_ACTIONS.length,
        )}
        value={terms.reason}
        onChange={(reason) => {
          setUnexplained(null);
          change({ reason });
        }}
        problem={unexplained === null ? undefined : `${ACTION_WORDS[unexplained].label}: this site wants a reason. Say why.`}
      />
      <div className="form-pair">
        <Text
          label="Ends at"
          hint="Unlock, lock and lockdown. Empty: at a reset."
          type="datetime-local"
          value={terms.until}
          onChange={(until) => {
            setProblem(null);
            change({ until });
          }}
          problem={problem ?? undefined}
        />
        <Select
          label="A grant lasts"
          value={terms.grantTime}
          options={GRANT_TIMES}
          onChange={(grantTime) => change({ grantTime })}
        />
      </div>
      {children}
      <ul className="door-actions">
        {DOOR_ACTIONS.map((action) => {
          const { label, meaning } = ACTION_WORDS[action];
          return (
            <li key={action}>
              <button
                type="button"
                className={action === "lockdown" ? "danger" : undefined}
                onClick={() => choose(action)}
                aria-describedby={`door-action-${action}`}
                data-testid={`door-action-${action}`}
              >
                {label}
              </button>
              <span id={`door-action-${action}`} className="quiet">
                {meaning}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface QuestionProps {
  action: DoorAction;
  about: string;
  /** The end time as it was typed; null where there is none. */
  until: string | null;
  onBack: () => void;
  onConfirm: () => void;
}

function Question({ action, about, until, onBack, onConfirm }: QuestionProps) {
  const words = useRef<HTMLParagraphElement>(null);
  const { label, danger } = ACTION_WORDS[action];
  // The button that was pressed is gone: whoever cannot see the question must hear it.
  useEffect(() => words.current?.focus(), []);
  return (
    <div className="form">
      <p ref={words} tabIndex={-1} className="question" data-testid="door-question">
        <strong>
          {label}: {about}?
        </strong>{" "}
        {danger} {until !== null && (until === "" ? "It lasts until a reset." : `It lasts until ${until.replace("T", ", ")}.`)}
      </p>
      <div className="form-end">
        <button type="button" onClick={onBack}>
          Back
        </button>
        <button type="button" className="danger" onClick={onConfirm} data-testid="door-action-confirm">
          {label}
        </button>
      </div>
    </div>
  );
}
