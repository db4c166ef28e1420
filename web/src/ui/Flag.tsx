import { useId } from "react";

interface FlagProps {
  label: string;
  name: string;
  hint?: string;
  defaultChecked?: boolean | undefined;
  disabled?: boolean | undefined;
  problem?: string | undefined;
  onChange?: (checked: boolean) => void;
}

/** Yes or no, kept by the form around it under its name. */
export function Flag({ label, hint, problem, onChange, ...input }: FlagProps) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, problem === undefined ? "" : `${id}-problem`];
  return (
    <div className="field">
      <label className="check" htmlFor={id}>
        <input
          {...input}
          id={id}
          type="checkbox"
          aria-invalid={problem !== undefined}
          aria-describedby={described.join(" ").trim() || undefined}
          onChange={({ currentTarget }) => onChange?.(currentTarget.checked)}
        />
        {label}
      </label>
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p className="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}
