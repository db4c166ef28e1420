import { type FormEvent, useState } from "react";
import { useClient, useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useWhole, type Whole } from "../api/use-whole";
import { NEW } from "../configuration/place";
import { useSaving } from "../configuration/saving";
import {
  CreateUserGroupDocument,
  DeleteUserGroupDocument,
  RoleChoicesDocument,
  type RoleChoicesQuery,
  UpdateUserGroupDocument,
  UserGroupDetailDocument,
  type UserGroupRowFragment,
} from "../gql/operations";
import { Check } from "../ui/Check";
import { Confirm } from "../ui/Confirm";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { Text } from "../ui/Text";
import { usersHref } from "../users/place";
import { Given } from "./Given";
import { given } from "./UserRoles";
import { useSeenPlaces } from "./use-seen-places";
import "../account/account.css";
import "./roles.css";

/** One group of users, or a new one. */
export function UserGroupScreen({ id }: { id: string }) {
  const [{ data, error }, reload] = useQuery({ query: UserGroupDetailDocument, variables: { id }, requestPolicy: "cache-and-network" });
  const [choices] = useWhole({ query: RoleChoicesDocument, variables: useSeenPlaces() });
  const [said, setSaid] = useState("");
  const group = data?.userGroup ?? null;
  const missing = data !== undefined && group === null && id !== NEW;
  const failed = error ?? choices.error;
  const again = (): void => reload({ requestPolicy: "network-only" });
  return (
    <section className="screen" aria-labelledby="group-title" onInput={() => setSaid("")}>
      <p className="crumb">
        <a href={usersHref({ screen: "roles", id: null })}>Roles</a>
      </p>
      <h1 id="group-title">{group?.name ?? (id === NEW ? "New group of users" : "Group of users")}</h1>
      <p className="saved" role="status">
        {said}
      </p>
      {failed && (
        <p className="note-problem" role="alert">
          {sentenceOf(failed)}
        </p>
      )}
      {missing && <p className="quiet">This group is not there any more.</p>}
      {data && choices.data && !missing && (
        <GroupForm
          key={group?.version ?? 0}
          group={group}
          data={choices.data}
          onSaved={() => {
            setSaid("Saved.");
            again();
          }}
          onReload={again}
        />
      )}
    </section>
  );
}

interface GroupFormProps {
  group: UserGroupRowFragment | null;
  data: Whole<RoleChoicesQuery>;
  onSaved: () => void;
  onReload: () => void;
}

function GroupForm({ group, data, onSaved, onReload }: GroupFormProps) {
  const api = useClient();
  const [name, setName] = useState(group?.name ?? "");
  const [users, setUsers] = useState<readonly string[]>(group?.users.map(({ id }) => id) ?? []);
  const [roles, setRoles] = useState(() => given(group?.roles ?? []));
  const [deleting, setDeleting] = useState(false);
  const { pending, problems, outdated, run } = useSaving(["name", "roles", "userIds"] as const);
  const write = async () => {
    const fields = { name: name.trim(), userIds: [...users], roles };
    if (group === null) {
      const sent = await send(api, CreateUserGroupDocument, { input: fields });
      if (sent.payload?.userGroup) location.hash = usersHref({ screen: "user-groups", id: sent.payload.userGroup.id });
      return sent.problems;
    }
    return (await send(api, UpdateUserGroupDocument, { input: { id: group.id, expectedVersion: group.version, ...fields } })).problems;
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await run(write)) onSaved();
    else focusFirstProblem(form);
  };
  const refused = [problems.fields.userIds, problems.fields.roles, ...problems.form].filter((each) => each !== undefined);
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <Text label="Name" value={name} onChange={setName} required problem={problems.fields.name} />
      <fieldset className="token-choices">
        <legend>Users</legend>
        {data.users.map((user) => (
          <Check
            key={user.id}
            label={user.name}
            checked={users.includes(user.id)}
            onChange={(on) => setUsers(on ? [...users, user.id] : users.filter((each) => each !== user.id))}
          />
        ))}
      </fieldset>
      <Given data={data} roles={roles} onChange={(changed) => setRoles([...changed])} />
      <Refused sentences={refused} outdated={outdated} onReload={onReload} />
      <div className="form-end">
        {group !== null && (
          <button type="button" className="danger" onClick={() => setDeleting(true)}>
            Delete
          </button>
        )}
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Saving…" : "Save"}
        </button>
      </div>
      {deleting && group !== null && (
        <Confirm
          title={`Delete ${group.name}?`}
          action="Delete the group"
          onConfirm={async () => (await send(api, DeleteUserGroupDocument, { input: { id: group.id, expectedVersion: group.version } })).problems}
          onDone={() => {
            location.hash = usersHref({ screen: "roles", id: null });
          }}
          onReload={onReload}
          onClose={() => setDeleting(false)}
        >
          <p>Its users lose what they may by it alone.</p>
        </Confirm>
      )}
    </form>
  );
}
