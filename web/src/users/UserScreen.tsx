import { useState } from "react";
import { useClient, useQuery } from "urql";

import { Sessions } from "../account/Sessions";
import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { dateWords } from "../app/clock";
import { useMinute } from "../app/now";
import { EndSessionDocument, UserDetailDocument } from "../gql/operations";
import { UserRoles } from "../roles/UserRoles";
import { Badge } from "../ui/Badge";
import { Panel } from "../ui/Panel";
import { Help } from "./Help";
import { usersHref } from "./place";
import { Tokens } from "../tokens/Tokens";
import { UserForm } from "./UserForm";
import { stateOf } from "./words";
import "../account/account.css";

/** Tokens never look after accounts. */
function isForTokens(permission: string): boolean {
  return permission !== "account.own";
}

interface UserScreenProps {
  id: string;
  /** Whether it is the viewer's own account. */
  own: boolean;
}

/** One user: what they may do, what keeps them out, and where they are signed in. */
export function UserScreen({ id, own }: UserScreenProps) {
  const api = useClient();
  const [{ data, error }, reload] = useQuery({ query: UserDetailDocument, variables: { id }, requestPolicy: "cache-and-network" });
  const nowMs = useMinute();
  const [said, setSaid] = useState("");
  const again = (): void => reload({ requestPolicy: "network-only" });
  const user = data?.user;
  const done = (words: string): void => {
    setSaid(words);
    again();
  };
  const endSession = async (session: string) => {
    const { problems } = await send(api, EndSessionDocument, { id: session });
    again();
    return problems;
  };
  return (
    <section className="screen account" aria-labelledby="user-title" onInput={() => setSaid("")}>
      <p className="crumb">
        <a href={usersHref({ screen: "users", id: null })}>Users</a>
      </p>
      <header className="screen-head">
        <h1 id="user-title">{user?.name ?? "User"}</h1>
        {user && <Badge {...stateOf(user)} />}
      </header>
      <p className="saved" role="status">
        {said}
      </p>
      {!user && (
        <p className="quiet" role={error ? "alert" : undefined}>
          {error ? sentenceOf(error) : data ? "This user is not there any more." : "Loading…"}
        </p>
      )}
      {user && (
        <>
          <Panel title="Who they are">
            <UserForm key={user.version} user={user} own={own} onSaved={() => done("Saved.")} onReload={again} />
          </Panel>
          <UserRoles key={`roles ${user.version}`} userId={user.id} version={user.version} roles={user.roles ?? []} own={own} onSaved={() => done("Saved.")} />
          <Panel title="Signing in">
            <p className="quiet">
              {user.kind === "SERVICE" ? "A program, which comes with tokens and cannot sign in." : user.lastSignInAt === null ? "Has never signed in." : `Last signed in ${dateWords(Date.parse(user.lastSignInAt))}.`}
            </p>
            {own ? (
              <p>
                Your password and second factor are under <a href={usersHref({ screen: "account" })}>your account</a>.
              </p>
            ) : (
              <Help user={user} sessions={data.sessions.length} onDone={done} />
            )}
          </Panel>
          {user.kind === "PERSON" && (
            <Panel title="Sessions">
              <Sessions caption={`Sessions of ${user.name}`} sessions={data.sessions} onEnd={endSession} />
            </Panel>
          )}
          {user.kind === "SERVICE" && (
            <Tokens tokens={data.tokens} permissions={user.permissions.filter(isForTokens)} serviceId={user.id} nowMs={nowMs} onReload={again} />
          )}
        </>
      )}
    </section>
  );
}
