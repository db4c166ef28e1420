import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { secondsOf } from "../api/duration";
import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useWhole } from "../api/use-whole";
import { Cell, Rows } from "../configuration/Page";
import { useSaving } from "../configuration/saving";
import {
  AssignRolesDocument,
  type AssignmentRowFragment,
  PrivilegeSourcesDocument,
  type RoleAssignmentInput,
  RoleChoicesDocument,
  type SourceRowFragment,
} from "../gql/operations";
import { Panel } from "../ui/Panel";
import { Refused } from "../ui/Refused";
import { Given } from "./Given";
import { placeInput, scopeWords } from "./places";
import { useSeenPlaces } from "./use-seen-places";

interface UserRolesProps {
  userId: string;
  version: number;
  roles: readonly AssignmentRowFragment[];
  /** Nobody gives themselves roles. */
  own: boolean;
  onSaved: () => void;
}

/** Assignments as they are sent. */
export function given(roles: readonly AssignmentRowFragment[]): RoleAssignmentInput[] {
  return roles.map(({ roleId, places }) => ({ roleId, places: places === null ? null : places.map(placeInput) }));
}

/** The roles that a user has besides the one everywhere, and what all of it comes to. */
export function UserRoles({ userId, version, roles, own, onSaved }: UserRolesProps) {
  const api = useClient();
  const [{ data, error }] = useWhole({ query: RoleChoicesDocument, variables: useSeenPlaces() });
  const [{ data: found }, reloadSources] = useWhole({ query: PrivilegeSourcesDocument, variables: { userId }, requestPolicy: "cache-and-network" });
  const [wanted, setWanted] = useState<readonly RoleAssignmentInput[]>(() => given(roles));
  const { pending, problems, outdated, run } = useSaving(["roles"] as const);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const input = { userId, expectedVersion: version, roles: [...wanted] };
    if (await run(async () => (await send(api, AssignRolesDocument, { input })).problems)) {
      reloadSources({ requestPolicy: "network-only" });
      onSaved();
    }
  };
  return (
    <>
      <Panel title="Further roles">
        {error && (
          <p className="note-problem" role="alert">
            {sentenceOf(error)}
          </p>
        )}
        {own && <p className="quiet">Nobody changes their own rights. Ask another administrator.</p>}
        {!own && data && (
          <form className="form" onSubmit={(event) => void submit(event)} noValidate>
            <Given data={data} roles={wanted} onChange={setWanted} />
            <Refused
              sentences={problems.fields.roles === undefined ? problems.form : [problems.fields.roles, ...problems.form]}
              outdated={outdated}
              onReload={onSaved}
            />
            <div className="form-end">
              <button type="submit" className="primary" disabled={pending}>
                {pending ? "Saving…" : "Save the roles"}
              </button>
            </div>
          </form>
        )}
      </Panel>
      <Panel title="What they may do, and why">
        <Sources sources={found?.privilegeSources ?? []} words={new Map(data?.privileges.map((each) => [each.permission, each.description]))} />
      </Panel>
    </>
  );
}

function Sources({ sources, words }: { sources: readonly SourceRowFragment[]; words: ReadonlyMap<string, string> }) {
  return (
    <Rows caption="What they may do, and why" columns={["Permission", "Where", "By"]}>
      {sources.map((source) => (
        <tr key={JSON.stringify(source)} data-testid="source">
          <th scope="row">{words.get(source.permission) ?? source.permission}</th>
          <Cell label="Where">{whereWords(source)}</Cell>
          <Cell label="By">{source.groupName === null ? source.roleName : `${source.roleName}, group ${source.groupName}`}</Cell>
        </tr>
      ))}
    </Rows>
  );
}

function whereWords({ places, within, newest }: SourceRowFragment): string {
  const scopes = [places, within].filter((scope) => scope !== null);
  const words = scopes.length === 0 ? "Everywhere" : scopes.map((scope) => scopeWords(scope)).join(", within ");
  return newest === null ? words : `${words}; not older than ${secondsOf(newest) / 60} min`;
}
