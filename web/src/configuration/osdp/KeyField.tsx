import { Check } from "../../ui/Check";
import { Field } from "../../ui/Field";

interface KeyFieldProps {
  /** Null: the server makes one. */
  value: string | null;
  onChange: (value: string | null) => void;
  problem?: string | undefined;
  otherwise: string;
}

/** A key that somebody enters instead of the one that the server would make. It is not shown as it is typed. */
export function KeyField({ value, onChange, problem, otherwise }: KeyFieldProps) {
  return (
    <>
      <Check label="Enter a key by hand" hint={otherwise} checked={value !== null} onChange={(own) => onChange(own ? "" : null)} />
      {value !== null && (
        <Field
          label="Key"
          hint="32 hexadecimal digits. Keep it in a safe place: nobody can read it here."
          type="password"
          autoComplete="off"
          spellCheck={false}
          required
          value={value}
          problem={problem}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </>
  );
}

/** The key as the API takes it. */
export function keyInput(value: string | null): string | null {
  return value === null ? null : value.replaceAll(/\s/g, "");
}
