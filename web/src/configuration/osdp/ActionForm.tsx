import type { ReactNode } from "react";

import { FormProblems } from "../../ui/Field";
import { focusFirstProblem } from "../../ui/focus";
import type { Saving } from "../saving";

interface ActionFormProps {
  saving: Saving<string>;
  /** What sending it is called. */
  action: string;
  disabled?: boolean;
  onSubmit: () => Promise<unknown>;
  /** What else can be done. */
  tools?: ReactNode;
  children: ReactNode;
}

/** A form that has something done and keeps nothing. */
export function ActionForm({ saving, action, disabled = false, onSubmit, tools, children }: ActionFormProps) {
  const sendFrom = async (form: HTMLFormElement): Promise<void> => {
    await onSubmit();
    focusFirstProblem(form);
  };
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void sendFrom(event.currentTarget);
      }}
    >
      {children}
      <FormProblems sentences={saving.problems.form} />
      <div className="form-end">
        {tools}
        <button type="submit" disabled={disabled || saving.pending}>
          {action}
        </button>
      </div>
    </form>
  );
}
