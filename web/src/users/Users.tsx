import { useState } from "react";

import { dateWords } from "../app/clock";
import { sentenceOf } from "../api/client";
import { useWhole } from "../api/use-whole";
import { Cell, Rows } from "../configuration/Page";
import { UserRowsDocument } from "../gql/operations";
import { Badge } from "../ui/Badge";
import { NewUser } from "./NewUser";
import { usersHref } from "./place";
import { roleWords, stateOf } from "./words";

/** Everybody who can sign in. */
export function Users() {
  const [{ data, error }, reload] = useWhole({ query: UserRowsDocument, requestPolicy: "cache-and-network" });
  const [creating, setCreating] = useState(false);
  return (
    <section className="screen" aria-labelledby="users-title">
      <header className="screen-head">
        <h1 id="users-title">Users</h1>
        <span className="row-actions">
          <a className="button" href={usersHref({ screen: "roles", id: null })}>
            Roles
          </a>
          <a className="button" href={usersHref({ screen: "sign-in-rules" })}>
            Rules of signing in
          </a>
          <a className="button" href={usersHref({ screen: "sign-in-providers" })}>
            Sign-in providers
          </a>
          <button type="button" className="primary" onClick={() => setCreating(true)} data-testid="new-user">
            New user
          </button>
        </span>
      </header>
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!data && !error && <p className="quiet">Loading…</p>}
      {data && (
        <Rows caption="Users" columns={["Name", "Role", "State", "Second factor", "Last sign-in"]}>
          {data.users.map((user) => (
            <tr key={user.id} data-testid="user">
              <th scope="row">
                <a href={usersHref({ screen: "users", id: user.id })}>{user.name}</a>
              </th>
              <Cell label="Role">{roleWords(user.role)}</Cell>
              <Cell label="State">
                <Badge {...stateOf(user)} />
              </Cell>
              <Cell label="Second factor">{user.hasSecondFactor ? "Yes" : "No"}</Cell>
              <Cell label="Last sign-in">{user.lastSignInAt === null ? "Never" : dateWords(Date.parse(user.lastSignInAt))}</Cell>
            </tr>
          ))}
        </Rows>
      )}
      {creating && (
        <NewUser
          onCreated={(id) => {
            reload({ requestPolicy: "network-only" });
            location.hash = usersHref({ screen: "users", id });
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </section>
  );
}
