import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useClient } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useWhole } from "../api/use-whole";
import { useSaving } from "../configuration/saving";
import {
  LevelChoicesDocument,
  type LevelRowFragment,
  ReleaseThreatLevelDocument,
  SetThreatLevelDocument,
  type ThreatFragment,
} from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { Text } from "../ui/Text";
import { colourClass } from "./colours";
import { type Commander, effectsOf, hindrance } from "./posture";

interface ThreatDialogProps {
  present: ThreatFragment | null;
  viewer: Viewer;
  /** Something was done. */
  onDone: () => void;
  onClose: () => void;
}

const NONE = "none";

/** Chooses another threat level, or none, and says before it is done what that means. */
export function ThreatDialog({ present, viewer, onDone, onClose }: ThreatDialogProps) {
  const [{ data, error }] = useWhole({ query: LevelChoicesDocument, requestPolicy: "cache-and-network", pause: !may(viewer, "configuration.view") });
  return (
    <Dialog title="Threat level" onClose={onClose} testId="threat-dialog">
      {!may(viewer, "configuration.view") && <p className="quiet">You may not see which threat levels there are.</p>}
      {error && !data && <FormProblems sentences={[sentenceOf(error)]} />}
      {!data && !error && may(viewer, "configuration.view") && <p className="quiet">Loading…</p>}
      {data && (
        <Choice
          levels={data.threatLevels}
          present={present}
          commander={{ viewer, clearance: data.viewer?.clearance ?? 0 }}
          onDone={onDone}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface ChoiceProps {
  levels: readonly LevelRowFragment[];
  present: ThreatFragment | null;
  commander: Commander;
  onDone: () => void;
  onClose: () => void;
}

function Choice({ levels, present, commander, onDone, onClose }: ChoiceProps) {
  const api = useClient();
  const saving = useSaving(["reason"]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const wanted = levels.find(({ id }) => id === chosen) ?? null;
  // A level that somebody has deleted meanwhile is not "none".
  const known = wanted !== null || chosen === NONE;
  const ready = known && hindrance(wanted, present, commander) === null;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!ready) return;
    const accepted = await saving.run(async () =>
      wanted === null
        ? (await send(api, ReleaseThreatLevelDocument, { reason: reason.trim() })).problems
        : (await send(api, SetThreatLevelDocument, { levelId: wanted.id, reason: reason.trim() })).problems,
    );
    if (accepted) onDone();
  };

  if (levels.length === 0) {
    return <p className="quiet">There are no threat levels yet. They are made under Configuration, Threat levels.</p>;
  }
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <fieldset className="levels">
        <legend>Which it is to be</legend>
        {levels.map((level) => (
          <Level
            key={level.id}
            name={
              <span className="swatched">
                <span className={`swatch ${colourClass(level.colour)}`} aria-hidden="true" />
                {level.name}
              </span>
            }
            words={effectsOf(level.switches).join(" ") || "It switches nothing."}
            hindered={hindrance(level, present, commander)}
            checked={chosen === level.id}
            onChoose={() => setChosen(level.id)}
          />
        ))}
        <Level
          name="None"
          words="Everything as it is configured. What operators have locked or unlocked stays so."
          hindered={hindrance(null, present, commander)}
          checked={chosen === NONE}
          onChoose={() => setChosen(NONE)}
        />
      </fieldset>
      <Text
        label="Reason"
        hint="Shown to everybody at the desk, and written to the audit."
        value={reason}
        onChange={setReason}
        problem={saving.problems.fields.reason}
      />
      <FormProblems sentences={saving.problems.form} />
      <div className="form-end">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="danger" disabled={!ready || saving.pending} data-testid="threat-confirm">
          {known ? actionWords(wanted, present) : "Choose a level"}
        </button>
      </div>
    </form>
  );
}

/** What the button does, by name. */
function actionWords(wanted: LevelRowFragment | null, present: ThreatFragment | null): string {
  if (wanted === null) return present === null ? "Release" : `Release ${present.name}`;
  return present !== null && wanted.rank < present.rank ? `Lower to ${wanted.name}` : `Raise to ${wanted.name}`;
}

interface LevelProps {
  name: ReactNode;
  words: string;
  /** Why it cannot be chosen; null when it can be. */
  hindered: string | null;
  checked: boolean;
  onChoose: () => void;
}

function Level({ name, words, hindered, checked, onChoose }: LevelProps) {
  const id = useId();
  return (
    <div className="level">
      <input
        type="radio"
        name="level"
        id={id}
        checked={checked}
        disabled={hindered !== null}
        aria-describedby={`${id}-words`}
        onChange={onChoose}
      />
      <label htmlFor={id}>{name}</label>
      <p id={`${id}-words`}>
        {words} {hindered}
      </p>
    </div>
  );
}
