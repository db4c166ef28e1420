import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { ChangePasswordDocument } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Password } from "./Password";

interface ChangePasswordProps {
  /** Whether there is one now, which is asked for. */
  hasOne: boolean;
  onChanged: (viewer: Viewer) => void;
}

/** A new password for oneself; `onChanged` gets the viewer as they are then. */
export function ChangePassword({ hasOne, onChanged }: ChangePasswordProps) {
  const api = useClient();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const { pending, problems, run } = useSaving(["oldPassword", "newPassword", "again"] as const);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const accepted = await run(async () => {
      if (fresh !== again) {
        return [{ code: "VALIDATION", message: "This is not the same as the new password.", path: ["again"] }];
      }
      const sent = await send(api, ChangePasswordDocument, { input: { oldPassword: old, newPassword: fresh } });
      if (sent.payload?.user) onChanged(sent.payload.user);
      return sent.problems;
    });
    if (!accepted) {
      focusFirstProblem(form);
      return;
    }
    setOld("");
    setFresh("");
    setAgain("");
  };

  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate data-testid="change-password">
      {hasOne ? (
        <Password label="Present password" kind="current" value={old} onChange={setOld} problem={problems.fields.oldPassword} />
      ) : (
        <p className="quiet">You have none, and need none as long as you can sign in another way.</p>
      )}
      {!hasOne && problems.fields.oldPassword && <FormProblems sentences={[problems.fields.oldPassword]} />}
      <Password
        label="New password"
        kind="new"
        value={fresh}
        onChange={setFresh}
        hint="Long is better than complicated: several words are good. Your name must not be in it."
        problem={problems.fields.newPassword}
      />
      <Password label="New password again" kind="new" value={again} onChange={setAgain} problem={problems.fields.again} />
      <FormProblems sentences={problems.form} />
      <div className="form-end">
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Changing…" : "Change the password"}
        </button>
      </div>
    </form>
  );
}
