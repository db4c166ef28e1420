import { Field } from "./Field";

interface TextProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  problem?: string | undefined;
  type?: "text" | "number" | "date" | "datetime-local" | "time" | "search";
  required?: boolean;
  placeholder?: string;
  min?: number;
  max?: number;
}

/** A field whose value its form keeps. */
export function Text({ onChange, ...field }: TextProps) {
  return <Field {...field} autoComplete="off" onChange={({ currentTarget }) => onChange(currentTarget.value)} />;
}
