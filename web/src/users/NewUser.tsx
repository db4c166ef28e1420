import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { Password } from "../account/Password";
import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { CreateServiceAccountDocument, CreateUserDocument, type Role, type UserKind } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { KINDS, ROLE_HINTS, ROLES } from "./words";

interface NewUserProps {
  onCreated: (id: string) => void;
  onClose: () => void;
}

/** Somebody new who can sign in, in a dialog. */
export function NewUser({ onCreated, onClose }: NewUserProps) {
  const api = useClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("OPERATOR");
  const [kind, setKind] = useState<UserKind>("PERSON");
  const [password, setPassword] = useState("");
  const { pending, problems, run } = useSaving(["name", "role", "password"] as const);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    await run(async () => {
      const sent =
        kind === "PERSON"
          ? await send(api, CreateUserDocument, { input: { name: name.trim(), role, password } })
          : await send(api, CreateServiceAccountDocument, { name: name.trim(), role });
      if (sent.payload?.user) onCreated(sent.payload.user.id);
      return sent.problems;
    });
    focusFirstProblem(form);
  };
  return (
    <Dialog title="New user" onClose={onClose} testId="new-user-dialog">
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Select label="For" value={kind} options={KINDS} onChange={setKind} hint={kind === "SERVICE" ? "It comes with tokens, and cannot sign in." : undefined} />
        <Text label="Name" value={name} onChange={setName} required problem={problems.fields.name} />
        <Select label="Role" value={role} options={ROLES} onChange={setRole} hint={ROLE_HINTS[role]} problem={problems.fields.role} />
        {kind === "PERSON" && (
          <Password
            label="First password"
            kind="new"
            value={password}
            onChange={setPassword}
            hint="Tell it to the user, who must choose another at the first sign-in."
            problem={problems.fields.password}
          />
        )}
        <FormProblems sentences={problems.form} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={pending}>
            {pending ? "Creating…" : "Create the user"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
