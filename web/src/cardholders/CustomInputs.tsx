import type { CustomFieldInputFragment, CustomFieldKind } from "../gql/operations";
import { Described } from "../ui/Described";
import { Field } from "../ui/Field";
import { customName, ownedBy } from "./cardholder-draft";
import type { PartProps } from "./CardholderForm";

const INPUTS: Record<Exclude<CustomFieldKind, "CHOICE">, { type: string; inputMode?: "decimal" }> = {
  TEXT: { type: "text" },
  // Not of type "number": the browser would drop what it cannot read, and the server could not say what is wrong.
  NUMBER: { type: "text", inputMode: "decimal" },
  DATE: { type: "date" },
};

/** The values of the fields that the site has added, each entered as its kind asks for. */
export function CustomInputs({ inputs, cardholder, problems }: PartProps & { inputs: readonly CustomFieldInputFragment[] }) {
  const owned = ownedBy(cardholder, "customFields");
  return (
    <fieldset className="form-part">
      <legend>Custom fields</legend>
      <div className="form-pair">
        {inputs.map((field) => (
          <CustomInput
            key={field.id}
            field={field}
            owned={owned}
            value={cardholder?.customFields.find(({ fieldId }) => fieldId === field.id)?.value ?? ""}
            problem={problems[field.id]}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface CustomInputProps {
  field: CustomFieldInputFragment;
  owned: { readOnly?: true; hint?: string };
  value: string;
  problem: string | undefined;
}

function CustomInput({ field: { id, name, kind, choices, required }, owned, value, problem }: CustomInputProps) {
  if (kind !== "CHOICE") {
    return (
      <Field
        {...INPUTS[kind]}
        {...owned}
        label={name}
        name={customName(id)}
        autoComplete="off"
        defaultValue={value}
        required={required}
        problem={problem}
      />
    );
  }
  return (
    <Described label={required ? `${name} (required)` : name} hint={owned.hint} problem={problem}>
      {(description) => (
        <select {...description} name={customName(id)} defaultValue={value} disabled={owned.readOnly}>
          <option value="">Nothing</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )}
    </Described>
  );
}
