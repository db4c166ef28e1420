import { type FormEvent, useRef, useState } from "react";
import { useQuery } from "urql";

import { type FormProblems as Problems, noProblems, placeProblems } from "../api/problems";
import { toLocalField } from "../app/clock";
import { type CardholderDetailFragment, GroupsDocument, type ProblemFragment } from "../gql/operations";
import { Field, FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { CARDHOLDER_FIELDS, type CardholderDraft, type CardholderField, draftOf } from "./cardholder-draft";

interface CardholderFormProps {
  /** Whom to change; none for a new cardholder. */
  cardholder?: CardholderDetailFragment;
  action: string;
  /** Sends the draft; resolves with what the server did not like, or with nothing. */
  onSubmit: (draft: CardholderDraft) => Promise<readonly ProblemFragment[]>;
  onCancel: () => void;
}

export function CardholderForm({ cardholder, action, onSubmit, onCancel }: CardholderFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [pending, setPending] = useState(false);
  const [{ fields, form: general }, setProblems] = useState<Problems<CardholderField>>(noProblems);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setPending(true);
    const problems = await onSubmit(draftOf(new FormData(event.currentTarget)));
    setPending(false);
    setProblems(placeProblems(problems, CARDHOLDER_FIELDS));
    focusFirstProblem(form.current);
  };

  return (
    <form ref={form} className="form" onSubmit={(event) => void submit(event)} noValidate data-testid="cardholder-form">
      <FormProblems sentences={general} />
      <div className="form-pair">
        <Field label="First name" name="firstName" required defaultValue={cardholder?.firstName} problem={fields.firstName} />
        <Field label="Last name" name="lastName" required defaultValue={cardholder?.lastName} problem={fields.lastName} />
      </div>
      <div className="form-pair">
        <Field label="Number" name="number" required defaultValue={cardholder?.number} problem={fields.number} />
        <Field label="E-mail" name="email" type="email" defaultValue={cardholder?.email} problem={fields.email} />
      </div>
      <div className="form-pair">
        <Field
          label="Valid from"
          name="validFrom"
          type="datetime-local"
          defaultValue={toLocalField(cardholder?.validFrom ?? null)}
          problem={fields.validFrom}
        />
        <Field
          label="Valid to"
          name="validTo"
          type="datetime-local"
          defaultValue={toLocalField(cardholder?.validTo ?? null)}
          problem={fields.validTo}
        />
      </div>
      <GroupChoice chosen={cardholder?.groups ?? []} problem={fields.groupIds} />
      <div className="form-end">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Saving…" : action}
        </button>
      </div>
    </form>
  );
}

function GroupChoice({ chosen, problem }: { chosen: readonly { id: string }[]; problem: string | undefined }) {
  const [{ data }] = useQuery({ query: GroupsDocument });
  return (
    <fieldset className="field" aria-describedby={problem === undefined ? undefined : "groups-problem"}>
      <legend>Groups</legend>
      <div className="checks">
        {data?.groups.map((group) => (
          <label key={group.id} className="check">
            <input
              type="checkbox"
              name="groupIds"
              value={group.id}
              defaultChecked={chosen.some((each) => each.id === group.id)}
              aria-invalid={problem !== undefined}
            />
            {group.name}
          </label>
        ))}
      </div>
      {problem !== undefined && (
        <p className="field-problem" id="groups-problem">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
