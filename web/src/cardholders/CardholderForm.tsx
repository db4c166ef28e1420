import { type FormEvent, useRef } from "react";

import { useWhole } from "../api/use-whole";
import { toLocalField } from "../app/clock";
import { useSaving } from "../configuration/saving";
import { type CardholderDetailFragment, CustomFieldInputsDocument, type ProblemFragment } from "../gql/operations";
import { Described } from "../ui/Described";
import { Field } from "../ui/Field";
import { Flag } from "../ui/Flag";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { CARDHOLDER_FIELDS, type CardholderDraft, draftOf, FLAGS, ownedBy } from "./cardholder-draft";
import { CustomInputs } from "./CustomInputs";
import { GroupChoice } from "./GroupChoice";
import { VisitorFields } from "./VisitorFields";

interface CardholderFormProps {
  /** Whom to change, as they were when the form was opened; none for a new cardholder. */
  cardholder?: CardholderDetailFragment;
  action: string;
  /** Sends the draft; resolves with what the server did not like, or with nothing. */
  onSubmit: (draft: CardholderDraft) => Promise<readonly ProblemFragment[]>;
  onCancel: () => void;
  onReload?: () => void;
}

/** Everything about a cardholder that can be entered. What a directory owns is read-only, and says so. */
export function CardholderForm({ cardholder, action, onSubmit, onCancel, onReload }: CardholderFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [{ data }] = useWhole({ query: CustomFieldInputsDocument });
  const custom = data?.customFields ?? [];
  const { pending, problems, outdated, run } = useSaving<string>([...CARDHOLDER_FIELDS, ...custom.map(({ id }) => id)]);
  const { fields } = problems;

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const draft = draftOf(new FormData(event.currentTarget));
    await run(() => onSubmit(draft));
    focusFirstProblem(form.current);
  };

  return (
    <form ref={form} className="form" onSubmit={(event) => void submit(event)} noValidate data-testid="cardholder-form">
      <PersonFields cardholder={cardholder} problems={fields} />
      <fieldset className="form-part">
        <legend>Access</legend>
        <ValidityFields cardholder={cardholder} problems={fields} />
        <div className="flags">
          {FLAGS.map(([flag, label, meaning]) => {
            const { readOnly, hint = meaning } = ownedBy(cardholder, flag);
            return (
              <Flag
                key={flag}
                label={label}
                name={flag}
                hint={hint}
                disabled={readOnly}
                defaultChecked={cardholder?.[flag]}
                problem={fields[flag]}
              />
            );
          })}
        </div>
      </fieldset>
      <GroupChoice chosen={cardholder?.groups ?? []} problem={fields["groupIds"]} owned={ownedBy(cardholder, "groupIds")} />
      <VisitorFields cardholder={cardholder} problems={fields} />
      {custom.length > 0 && <CustomInputs inputs={custom} cardholder={cardholder} problems={fields} />}
      <Refused sentences={problems.form} outdated={outdated} onReload={onReload ?? onCancel} />
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

export interface PartProps {
  cardholder: CardholderDetailFragment | undefined;
  problems: Partial<Record<string, string>>;
}

const TEXTS = [
  ["firstName", "First name", { required: true }],
  ["lastName", "Last name", { required: true }],
  ["number", "Number", { required: true }],
  ["email", "E-mail", { type: "email" }],
  ["phone", "Phone", { type: "tel" }],
] as const;

function PersonFields({ cardholder, problems }: PartProps) {
  const { readOnly, ...notes } = ownedBy(cardholder, "notes");
  return (
    <>
      <div className="form-pair">
        {TEXTS.map(([name, label, input]) => (
          <Field
            key={name}
            label={label}
            name={name}
            autoComplete="off"
            {...input}
            {...ownedBy(cardholder, name)}
            defaultValue={cardholder?.[name] ?? undefined}
            problem={problems[name]}
          />
        ))}
      </div>
      <Described label="Notes" {...notes} problem={problems["notes"]}>
        {(description) => (
          <textarea {...description} name="notes" rows={3} maxLength={2000} readOnly={readOnly} defaultValue={cardholder?.notes ?? undefined} />
        )}
      </Described>
    </>
  );
}

function ValidityFields({ cardholder, problems }: PartProps) {
  return (
    <div className="form-pair">
      <Field
        label="Valid from"
        name="validFrom"
        type="datetime-local"
        {...ownedBy(cardholder, "validFrom")}
        defaultValue={toLocalField(cardholder?.validFrom ?? null)}
        problem={problems["validFrom"]}
      />
      <Field
        label="Valid to"
        name="validTo"
        type="datetime-local"
        {...ownedBy(cardholder, "validTo")}
        defaultValue={toLocalField(cardholder?.validTo ?? null)}
        problem={problems["validTo"]}
      />
    </div>
  );
}
