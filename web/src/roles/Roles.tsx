import { sentenceOf } from "../api/client";
import { useWhole } from "../api/use-whole";
import { Cell, Rows } from "../configuration/Page";
import { NEW } from "../configuration/place";
import { RolesDocument } from "../gql/operations";
import { usersHref } from "../users/place";
import { scopeWords } from "./places";
import { holdersWords } from "./words";
import "./roles.css";

/** The roles that there are, and the groups of users that have some in common. */
export function Roles() {
  const [{ data, error }] = useWhole({ query: RolesDocument, requestPolicy: "cache-and-network" });
  return (
    <section className="screen" aria-labelledby="roles-title">
      <p className="crumb">
        <a href={usersHref({ screen: "users", id: null })}>Users</a>
      </p>
      <header className="screen-head">
        <h1 id="roles-title">Roles</h1>
        <span className="row-actions">
          <a className="button" href={usersHref({ screen: "user-groups", id: NEW })}>
            New group of users
          </a>
          <a className="button primary" href={usersHref({ screen: "roles", id: NEW })}>
            New role
          </a>
        </span>
      </header>
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!data && !error && <p className="quiet">Loading…</p>}
      {data && (
        <Rows caption="Roles" columns={["Name", "For", "Who has it"]}>
          {data.roles.map((role) => (
            <tr key={role.id} data-testid="role">
              <th scope="row">
                <a href={usersHref({ screen: "roles", id: role.id })}>{role.name}</a>
              </th>
              <Cell label="For">{role.description}</Cell>
              <Cell label="Who has it">{holdersWords(role.holderCount)}</Cell>
            </tr>
          ))}
        </Rows>
      )}
      <h2>Groups of users</h2>
      {data?.userGroups.length === 0 && <p className="quiet">There is none. A group gives its users roles in common.</p>}
      {data && data.userGroups.length > 0 && (
        <Rows caption="Groups of users" columns={["Name", "Users", "Roles"]}>
          {data.userGroups.map((group) => (
            <tr key={group.id} data-testid="user-group">
              <th scope="row">
                <a href={usersHref({ screen: "user-groups", id: group.id })}>{group.name}</a>
              </th>
              <Cell label="Users">{group.users.map(({ name }) => name).join(", ") || "None"}</Cell>
              <Cell label="Roles">
                {group.roles.map(({ roleName, places }) => `${roleName}: ${scopeWords(places)}`).join("; ") || "None"}
              </Cell>
            </tr>
          ))}
        </Rows>
      )}
    </section>
  );
}
