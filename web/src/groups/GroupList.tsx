import { useState } from "react";

import { sentenceOf } from "../api/client";
import { useWhole } from "../api/use-whole";
import { openRoute } from "../app/route";
import { type GroupRowFragment, GroupRowsDocument } from "../gql/operations";
import { peopleHref } from "../people/place";
import { may, type Viewer } from "../session/permission";
import { Text } from "../ui/Text";
import { GroupForm } from "./GroupForm";

/** Every group, or those that a search finds. */
export function GroupList({ viewer }: { viewer: Viewer }) {
  const [search, setSearch] = useState("");
  const [creating, setCreating] = useState(false);
  const [{ data, error }] = useWhole({ query: GroupRowsDocument, requestPolicy: "cache-and-network" });
  const wanted = search.trim().toLowerCase();
  const shown = data?.groups.filter(
    ({ name, initials }) => name.toLowerCase().includes(wanted) || initials.toLowerCase() === wanted,
  );
  return (
    <section className="screen" aria-labelledby="groups-title">
      <header className="screen-head">
        <h1 id="groups-title">Groups</h1>
        {may(viewer, "configuration.write") && (
          <button type="button" className="primary" onClick={() => setCreating(true)} data-testid="new-group">
            New group
          </button>
        )}
      </header>
      <search>
        <Text label="Search by name or initials" type="search" value={search} onChange={setSearch} />
      </search>
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!shown && !error && <p className="quiet">Loading…</p>}
      <p className="heard-only" role="status">
        {shown ? `${shown.length} groups shown.` : ""}
      </p>
      {shown?.length === 0 && (
        <p className="quiet">{wanted === "" ? "There are no groups yet." : `No group is found for “${search.trim()}”.`}</p>
      )}
      {shown && shown.length > 0 && <Rows groups={shown} />}
      {creating && (
        <GroupForm
          onClose={() => setCreating(false)}
          onReload={() => setCreating(false)}
          onSaved={({ id }) => openRoute({ screen: "group", id })}
        />
      )}
    </section>
  );
}

function Rows({ groups }: { groups: readonly GroupRowFragment[] }) {
  return (
    <table className="table panel">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Initials</th>
          <th scope="col">Members</th>
          <th scope="col">Global</th>
        </tr>
      </thead>
      <tbody>
        {groups.map(({ id, name, initials, memberCount, isGlobal }) => (
          <tr key={id} data-testid="group-row">
            <th scope="row">
              <a className="person" href={peopleHref({ screen: "group", id })}>
                {name}
              </a>
            </th>
            <td data-label="Initials">{initials === "" ? "none" : <span className="initials">{initials}</span>}</td>
            <td data-label="Members" className="numbers">
              {memberCount}
            </td>
            <td data-label="Global">{isGlobal ? "Yes" : "No"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
