import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useWhole, type Whole } from "../api/use-whole";
import { NEW } from "../configuration/place";
import { useSaving } from "../configuration/saving";
import {
  CopyRoleDocument,
  CreateRoleDocument,
  DeleteRoleDocument,
  type GrantInput,
  type GrantRowFragment,
  RoleDetailDocument,
  type RoleDetailQuery,
  type RoleRowFragment,
  UpdateRoleDocument,
} from "../gql/operations";
import { Confirm } from "../ui/Confirm";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { Text } from "../ui/Text";
import { usersHref } from "../users/place";
import { GrantTable } from "./GrantTable";
import { choicesOf, placeInput } from "./places";
import { useSeenPlaces } from "./use-seen-places";
import "./roles.css";

/** One role, or a new one. */
export function RoleScreen({ id }: { id: string }) {
  const [{ data, error }, reload] = useWhole({ query: RoleDetailDocument, complete: true, variables: { id, ...useSeenPlaces() }, requestPolicy: "cache-and-network" });
  const [said, setSaid] = useState("");
  const role = data?.role ?? null;
  const missing = data !== undefined && role === null && id !== NEW;
  return (
    <section className="screen" aria-labelledby="role-title" onInput={() => setSaid("")}>
      <p className="crumb">
        <a href={usersHref({ screen: "roles", id: null })}>Roles</a>
      </p>
      <h1 id="role-title">{role?.name ?? (id === NEW ? "New role" : "Role")}</h1>
      <p className="saved" role="status">
        {said}
      </p>
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!data && !error && <p className="quiet">Loading…</p>}
      {missing && <p className="quiet">This role is not there any more.</p>}
      {data && !missing && (
        <RoleForm
          key={role?.version ?? 0}
          role={role}
          data={data}
          onSaved={() => {
            setSaid("Saved.");
            reload({ requestPolicy: "network-only" });
          }}
          onReload={() => reload({ requestPolicy: "network-only" })}
        />
      )}
    </section>
  );
}

function grantInput({ permission, places, newest, priority }: GrantRowFragment): GrantInput {
  return { permission, places: places === null ? null : places.map(placeInput), newest, priority };
}

function open(id: string): void {
  location.hash = usersHref({ screen: "roles", id });
}

interface RoleFormProps {
  role: RoleRowFragment | null;
  data: Whole<RoleDetailQuery>;
  onSaved: () => void;
  onReload: () => void;
}

function RoleForm({ role, data, onSaved, onReload }: RoleFormProps) {
  const api = useClient();
  const [name, setName] = useState(role?.name ?? "");
  const [description, setDescription] = useState(role?.description ?? "");
  const [clearance, setClearance] = useState(String(role?.clearance ?? 0));
  const [grants, setGrants] = useState<readonly GrantInput[]>(role?.grants.map(grantInput) ?? []);
  const [deleting, setDeleting] = useState(false);
  const { pending, problems, outdated, run } = useSaving(["name", "description", "clearance", "grants"] as const);
  const readOnly = role?.builtIn ?? false;
  const write = async () => {
    const fields = { name: name.trim(), description: description.trim(), clearance: Number(clearance), grants: [...grants] };
    if (role === null) {
      const sent = await send(api, CreateRoleDocument, { input: fields });
      if (sent.payload?.role) open(sent.payload.role.id);
      return sent.problems;
    }
    return (await send(api, UpdateRoleDocument, { input: { id: role.id, expectedVersion: role.version, ...fields } })).problems;
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await run(write)) onSaved();
    else focusFirstProblem(form);
  };
  const copy = () =>
    run(async () => {
      const sent = await send(api, CopyRoleDocument, { input: { id: role?.id ?? "", name: `Copy of ${role?.name ?? ""}` } });
      if (sent.payload?.role) open(sent.payload.role.id);
      return sent.problems;
    });
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      {readOnly && <p className="quiet">This role is built in and stays as it is. Copy it to change the copy.</p>}
      {!readOnly && (
        <>
          <Text label="Name" value={name} onChange={setName} required problem={problems.fields.name} />
          <Text label="Description" value={description} onChange={setDescription} problem={problems.fields.description} />
          <Text
            label="Clearance"
            type="number"
            value={clearance}
            onChange={setClearance}
            hint="0 to 100: how high a threat level it may lower."
            problem={problems.fields.clearance}
          />
        </>
      )}
      <GrantTable privileges={data.privileges} grants={grants} choices={choicesOf(data)} readOnly={readOnly} onChange={setGrants} />
      <Refused
        sentences={problems.fields.grants === undefined ? problems.form : [problems.fields.grants, ...problems.form]}
        outdated={outdated}
        onReload={onReload}
      />
      <div className="form-end">
        {role !== null && !readOnly && (
          <button type="button" className="danger" onClick={() => setDeleting(true)}>
            Delete
          </button>
        )}
        {role !== null && (
          <button type="button" disabled={pending} onClick={() => void copy()}>
            Copy
          </button>
        )}
        {!readOnly && (
          <button type="submit" className="primary" disabled={pending}>
            {pending ? "Saving…" : "Save"}
          </button>
        )}
      </div>
      {deleting && role !== null && (
        <Confirm
          title={`Delete ${role.name}?`}
          action="Delete the role"
          onConfirm={async () => (await send(api, DeleteRoleDocument, { input: { id: role.id, expectedVersion: role.version } })).problems}
          onDone={() => {
            location.hash = usersHref({ screen: "roles", id: null });
          }}
          onReload={onReload}
          onClose={() => setDeleting(false)}
        >
          <p>Nobody can be given it any more.</p>
        </Confirm>
      )}
    </form>
  );
}
