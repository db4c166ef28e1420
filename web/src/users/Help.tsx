import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { Password } from "../account/Password";
import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import {
  DeleteUserDocument,
  EndSessionsOfDocument,
  RemoveSecondFactorDocument,
  ResetPasswordDocument,
  UnlockUserDocument,
  type UserRowFragment,
} from "../gql/operations";
import { Confirm } from "../ui/Confirm";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { usersHref } from "./place";

interface HelpProps {
  user: UserRowFragment;
  /** How many sessions the user has. */
  sessions: number;
  onDone: (words: string) => void;
}

/** What an administrator can do for somebody who cannot get in, or who must get out. */
export function Help({ user, sessions, onDone }: HelpProps) {
  const api = useClient();
  const [doing, setDoing] = useState<"password" | "factor" | "sessions" | "delete" | null>(null);
  const unlocking = useSaving([]);
  const close = (): void => setDoing(null);
  const done = (words: string) => (): void => {
    close();
    onDone(words);
  };
  const unlock = async (): Promise<void> => {
    if (await unlocking.run(async () => (await send(api, UnlockUserDocument, { id: user.id })).problems)) {
      onDone(`${user.name} can sign in again now.`);
    }
  };
  return (
    <>
      <div className="row-actions">
        {user.waitsUntil !== null && (
          <button type="button" disabled={unlocking.pending} onClick={() => void unlock()}>
            Let in at once
          </button>
        )}
        {user.kind === "PERSON" && (
          <button type="button" onClick={() => setDoing("password")}>
            Give a new password
          </button>
        )}
        {user.hasSecondFactor && (
          <button type="button" onClick={() => setDoing("factor")}>
            Remove the second factor
          </button>
        )}
        {sessions > 0 && (
          <button type="button" onClick={() => setDoing("sessions")}>
            End all sessions
          </button>
        )}
        <button type="button" className="danger" onClick={() => setDoing("delete")}>
          Delete
        </button>
      </div>
      <FormProblems sentences={unlocking.problems.form} />
      {doing === "password" && (
        <NewPassword user={user} onDone={done(`${user.name} has a new password, to be changed at the next sign-in.`)} onClose={close} />
      )}
      {doing === "factor" && (
        <Confirm
          title={`Remove the second factor of ${user.name}?`}
          action="Remove it"
          onConfirm={async () => (await send(api, RemoveSecondFactorDocument, { id: user.id })).problems}
          onDone={done(`${user.name} has no second factor any more.`)}
          onReload={close}
          onClose={close}
        >
          <p>
            Be sure that it is {user.name} who asks. The password alone will let them in; their sessions end
            {user.passkeyCount > 0 && ", and their passkeys count no more"}.
          </p>
        </Confirm>
      )}
      {doing === "sessions" && (
        <Confirm
          title={`End all sessions of ${user.name}?`}
          action="End them"
          onConfirm={async () => (await send(api, EndSessionsOfDocument, { userId: user.id })).problems}
          onDone={done("Their sessions have ended.")}
          onReload={close}
          onClose={close}
        >
          <p>They must sign in again everywhere.</p>
        </Confirm>
      )}
      {doing === "delete" && (
        <Confirm
          title={`Delete ${user.name}?`}
          action="Delete the user"
          onConfirm={async () => (await send(api, DeleteUserDocument, { id: user.id, expectedVersion: user.version })).problems}
          onDone={() => {
            location.hash = usersHref({ screen: "users", id: null });
          }}
          onReload={close}
          onClose={close}
        >
          <p>They cannot sign in any more. What they did stays in the log under their name.</p>
        </Confirm>
      )}
    </>
  );
}

interface NewPasswordProps {
  user: UserRowFragment;
  onDone: () => void;
  onClose: () => void;
}

function NewPassword({ user, onDone, onClose }: NewPasswordProps) {
  const api = useClient();
  const [password, setPassword] = useState("");
  const { pending, problems, run } = useSaving(["password"] as const);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = { input: { id: user.id, password } };
    if (await run(async () => (await send(api, ResetPasswordDocument, given)).problems)) onDone();
    else focusFirstProblem(form);
  };
  return (
    <Dialog title={`New password for ${user.name}`} onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Password
          label="Password"
          kind="new"
          value={password}
          onChange={setPassword}
          hint="Tell it to the user, who must choose another at the next sign-in. Their sessions end."
          problem={problems.fields.password}
        />
        <FormProblems sentences={problems.form} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={pending}>
            Give it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
