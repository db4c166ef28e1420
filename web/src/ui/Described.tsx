import { type ReactNode, useId } from "react";

/** What an input needs so that its hint and its problem are read out with it. */
export interface Description {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

interface DescribedProps {
  label: string;
  hint?: string | undefined;
  /** What is wrong with the value, in words. */
  problem?: string | undefined;
  children: (description: Description) => ReactNode;
}

/** A label, an input of any kind, its hint and its problem. */
export function Described({ label, hint, problem, children }: DescribedProps) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, problem === undefined ? "" : `${id}-problem`];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-invalid": problem !== undefined,
        "aria-describedby": described.join(" ").trim() || undefined,
      })}
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
