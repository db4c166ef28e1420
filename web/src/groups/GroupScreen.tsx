import { useState } from "react";
import { useClient, useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { openRoute } from "../app/route";
import { DeleteGroupDocument, GroupDocument, type GroupRowFragment } from "../gql/operations";
import { peopleHref } from "../people/place";
import { may, type Viewer } from "../session/permission";
import { Confirm } from "../ui/Confirm";
import { GroupForm } from "./GroupForm";
import { Members } from "./Members";

/** One group with its members. */
export function GroupScreen({ id, viewer }: { id: string; viewer: Viewer }) {
  const [{ data, error }, ask] = useQuery({ query: GroupDocument, variables: { id }, requestPolicy: "cache-and-network" });
  const refresh = (): void => ask({ requestPolicy: "network-only" });
  return (
    <section className="screen" aria-labelledby="group-title">
      <p className="crumb">
        <a href={peopleHref({ screen: "groups" })}>All groups</a>
      </p>
      {data?.group ? (
        <Shown group={data.group} viewer={viewer} refresh={refresh} />
      ) : (
        <>
          <h1 id="group-title">Group</h1>
          <p className="quiet" role={error ? "alert" : undefined}>
            {error ? sentenceOf(error) : data ? "There is no such group." : "Loading…"}
          </p>
        </>
      )}
    </section>
  );
}

interface ShownProps {
  group: GroupRowFragment;
  viewer: Viewer;
  refresh: () => void;
}

function Shown({ group, viewer, refresh }: ShownProps) {
  const api = useClient();
  /** The group as it was when the dialog was opened: what is typed there began from that version. */
  const [editing, setEditing] = useState<GroupRowFragment | null>(null);
  const [deleting, setDeleting] = useState(false);
  const { id, name, initials, isGlobal, memberCount, version } = group;

  return (
    <>
      <header className="screen-head">
        <h1 id="group-title">
          {initials !== "" && <span className="initials">{initials}</span>} {name}
        </h1>
        {isGlobal && <span className="tag">Global</span>}
        {may(viewer, "configuration.write") && (
          <div className="row-actions">
            <button type="button" onClick={() => setEditing(group)} data-testid="edit-group">
              Edit
            </button>
            <button type="button" className="danger" onClick={() => setDeleting(true)} data-testid="delete-group">
              Delete
            </button>
          </div>
        )}
      </header>
      <Members group={group} writable={may(viewer, "cardholder.write")} refresh={refresh} />
      {editing && (
        <GroupForm
          group={editing}
          onClose={() => setEditing(null)}
          onReload={() => {
            setEditing(null);
            refresh();
          }}
          onSaved={() => {
            setEditing(null);
            refresh();
          }}
        />
      )}
      {deleting && (
        <Confirm
          title={`Delete ${name}?`}
          action="Delete the group"
          onClose={() => setDeleting(false)}
          onReload={refresh}
          onConfirm={async () => (await send(api, DeleteGroupDocument, { id, expectedVersion: version })).problems}
          onDone={() => openRoute({ screen: "groups" })}
        >
          <p>
            {memberCount === 1 ? "Its one member stays" : `Its ${memberCount} members stay`} cardholders, and lose what
            they had through the group.
          </p>
        </Confirm>
      )}
    </>
  );
}
