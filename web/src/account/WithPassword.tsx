import { type FormEvent, useState } from "react";

import { useSaving } from "../configuration/saving";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Password } from "./Password";

interface WithPasswordProps {
  words: string;
  action: string;
  /** Whether there is a password to ask for; without one, whoever signed in just now may do it. */
  asks: boolean;
  send: (password: string) => ReturnType<Parameters<ReturnType<typeof useSaving>["run"]>[0]>;
}

/** Something that only whoever knows the password may do. */
export function WithPassword({ words, action, asks, send: sendIt }: WithPasswordProps) {
  const [password, setPassword] = useState("");
  const { pending, problems, run } = useSaving(["password"] as const);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(await run(() => sendIt(password)))) focusFirstProblem(form);
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <p>{words}</p>
      {asks && (
        <Password label="Your password" kind="current" value={password} onChange={setPassword} problem={problems.fields.password} />
      )}
      <FormProblems sentences={asks || !problems.fields.password ? problems.form : [...problems.form, problems.fields.password]} />
      <div className="form-end">
        <button type="submit" className="primary" disabled={pending}>
          {action}
        </button>
      </div>
    </form>
  );
}
