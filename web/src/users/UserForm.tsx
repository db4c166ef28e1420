import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { UpdateUserDocument, type UserRowFragment } from "../gql/operations";
import { Check } from "../ui/Check";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { ROLE_HINTS, ROLES } from "./words";

interface UserFormProps {
  user: UserRowFragment;
  /** Nobody takes their own rights away. */
  own: boolean;
  onSaved: () => void;
  onReload: () => void;
}

/** What a user is called and may do. */
export function UserForm({ user, own, onSaved, onReload }: UserFormProps) {
  const api = useClient();
  const [name, setName] = useState(user.name);
  const [role, setRole] = useState(user.role);
  const [enabled, setEnabled] = useState(user.enabled);
  const { pending, problems, outdated, run } = useSaving(["name", "role"] as const);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const input = { id: user.id, expectedVersion: user.version, name: name.trim(), ...(own ? {} : { role, enabled }) };
    const saved = await run(async () => (await send(api, UpdateUserDocument, { input })).problems);
    if (saved) onSaved();
    else focusFirstProblem(form);
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <Text label="Name" value={name} onChange={setName} required problem={problems.fields.name} />
      {own ? (
        <p className="quiet">Nobody changes their own role. Ask another administrator.</p>
      ) : (
        <>
          <Select label="Role" value={role} options={ROLES} onChange={setRole} hint={ROLE_HINTS[role]} problem={problems.fields.role} />
          <Check
            label={user.kind === "PERSON" ? "May sign in" : "Its tokens count"}
            hint={
              user.kind === "PERSON"
                ? "Without this, open sessions end at once and nothing else of the user is lost."
                : "Without this, it is not let in, and nothing else of it is lost."
            }
            checked={enabled}
            onChange={setEnabled}
          />
        </>
      )}
      <Refused sentences={problems.form} outdated={outdated} onReload={onReload} />
      <div className="form-end">
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Saving…" : "Save"}
        </button>
      </div>
    </form>
  );
}
