import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { CreateCustomFieldDocument, type CustomFieldRowFragment, UpdateCustomFieldDocument } from "../gql/operations";
import { Check } from "../ui/Check";
import { Described } from "../ui/Described";
import { Dialog } from "../ui/Dialog";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { choicesOf, KIND_WORDS } from "./kinds";

interface CustomFieldFormProps {
  /** Which field to change, as it was when the form was opened; none for a new one. */
  field: CustomFieldRowFragment | null;
  onSaved: () => void;
  onReload: () => void;
  onClose: () => void;
}

/** What a custom field is called and what it holds, in a dialog. */
export function CustomFieldForm({ field, onSaved, onReload, onClose }: CustomFieldFormProps) {
  const api = useClient();
  const [name, setName] = useState(field?.name ?? "");
  const [kind, setKind] = useState(field?.kind ?? "TEXT");
  const [choices, setChoices] = useState(field?.choices.join("\n") ?? "");
  const [required, setRequired] = useState(field?.required ?? false);
  const { pending, problems, outdated, run } = useSaving(["name", "kind", "choices"] as const);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = { name: name.trim(), kind, choices: kind === "CHOICE" ? choicesOf(choices) : [], required };
    const saved = await run(async () => {
      const sent = field
        ? await send(api, UpdateCustomFieldDocument, { input: { id: field.id, expectedVersion: field.version, ...given } })
        : await send(api, CreateCustomFieldDocument, { input: given });
      return sent.problems;
    });
    if (saved) onSaved();
    else focusFirstProblem(form);
  };

  return (
    <Dialog title={field ? `Edit ${field.name}` : "New custom field"} onClose={onClose} testId="custom-field-dialog">
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Text label="Name" value={name} onChange={setName} required problem={problems.fields.name} />
        <Select label="Holds" value={kind} options={KIND_WORDS} onChange={setKind} problem={problems.fields.kind} />
        {kind === "CHOICE" && (
          <Described label="Choices" hint="One a line, in the order in which they are offered." problem={problems.fields.choices}>
            {(description) => (
              <textarea
                {...description}
                rows={5}
                value={choices}
                onChange={({ currentTarget }) => setChoices(currentTarget.value)}
              />
            )}
          </Described>
        )}
        <Check
          label="Required"
          hint="New cardholders must have a value, and nobody's can be emptied."
          checked={required}
          onChange={setRequired}
        />
        <Refused sentences={problems.form} outdated={outdated} onReload={onReload} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={pending}>
            {pending ? "Saving…" : field ? "Save" : "Create the field"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
