import { useState } from "react";
import { useClient, useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useMinute } from "../app/now";
import { standingOf } from "../cardholders/standing";
import { StandingBadge } from "../cardholders/StandingBadge";
import {
  CardholdersDocument,
  type CardholderRowFragment,
  type GroupRowFragment,
  type ProblemFragment,
  RemoveGroupMembersDocument,
} from "../gql/operations";
import { Pages, type Page, firstPage } from "../people/Pages";
import { peopleHref } from "../people/place";
import { FormProblems } from "../ui/Field";
import { Photo } from "../ui/Photo";
import { AddMembers } from "./AddMembers";

interface MembersProps {
  group: GroupRowFragment;
  writable: boolean;
  /** Loads the group again. */
  refresh: () => void;
}

/** Who belongs to a group, a page at a time. */
export function Members({ group, writable, refresh }: MembersProps) {
  const api = useClient();
  const [page, setPage] = useState<Page>(firstPage);
  const [adding, setAdding] = useState(false);
  const [problems, setProblems] = useState<readonly ProblemFragment[]>([]);
  const [{ data, error }, ask] = useQuery({
    query: CardholdersDocument,
    variables: { ...page, filter: { groupId: group.id } },
    requestPolicy: "cache-and-network",
  });
  const changed = (): void => {
    ask({ requestPolicy: "network-only" });
    refresh();
  };
  const remove = async (cardholder: CardholderRowFragment): Promise<void> => {
    const variables = { id: group.id, cardholderIds: [cardholder.id] };
    const sent = await send(api, RemoveGroupMembersDocument, variables);
    setProblems(sent.problems);
    changed();
  };
  const members = data?.cardholders;

  return (
    <section className="panel cards" aria-labelledby="members-title">
      <header className="panel-head">
        <h2 id="members-title">
          {group.memberCount === 1 ? "1 member" : `${group.memberCount} members`}
        </h2>
        {writable && (
          <button type="button" onClick={() => setAdding(true)} data-testid="add-members">
            Add members
          </button>
        )}
      </header>
      <FormProblems sentences={problems.map((problem) => problem.message)} />
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!members && !error && <p className="quiet pad">Loading…</p>}
      {members?.nodes.length === 0 && <p className="quiet pad">Nobody belongs to this group.</p>}
      <MemberRows members={members?.nodes ?? []} remove={writable ? remove : null} />
      {members && <Pages info={members.pageInfo} onPage={setPage} />}
      {adding && (
        <AddMembers
          group={group}
          onClose={() => setAdding(false)}
          onAdded={() => {
            setAdding(false);
            changed();
          }}
        />
      )}
    </section>
  );
}

interface MemberRowsProps {
  members: readonly CardholderRowFragment[];
  /** Null for who may not. */
  remove: ((member: CardholderRowFragment) => Promise<void>) | null;
}

function MemberRows({ members, remove }: MemberRowsProps) {
  const nowMs = useMinute();
  return (
    <ul className="card-rows">
      {members.map((member) => (
        <li key={member.id} data-testid="member">
          <a className="person" href={peopleHref({ screen: "cardholder", id: member.id })}>
            <Photo url={member.photoUrl} instead="person" />
            {member.firstName} {member.lastName}
          </a>
          <span className="quiet">{member.number}</span>
          <StandingBadge standing={standingOf(member, nowMs)} />
          {remove && (
            <button
              type="button"
              aria-label={`Take ${member.firstName} ${member.lastName} out of the group`}
              onClick={() => void remove(member)}
            >
              Take out
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
