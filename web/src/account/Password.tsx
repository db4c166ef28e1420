import { Field } from "../ui/Field";

interface PasswordProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Whether it is one that there is, or one to be made. */
  kind: "current" | "new";
  hint?: string;
  /** Whether it may be left out. */
  optional?: boolean;
  problem?: string | undefined;
}

/** A password whose form keeps it; password stores of browsers know which it is. */
export function Password({ kind, onChange, optional = false, ...field }: PasswordProps) {
  return (
    <Field
      {...field}
      type="password"
      autoComplete={`${kind}-password`}
      required={!optional}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
