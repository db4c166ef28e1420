import { useState } from "react";
import { useClient } from "urql";

import { Sessions } from "../account/Sessions";
import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useWhole } from "../api/use-whole";
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
import { UserLinks } from "./UserLinks";
import { UserPasskeys } from "./UserPasskeys";
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
  const [{ data, error }, reload] = useWhole({ query: UserDetailDocument, complete: true, variables: { id }, requestPolicy: "cache-and-network" });
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
                Your password, second factor and passkeys are under <a href={usersHref({ screen: "account" })}>your account</a>.
              </p>
            ) : (
              <Help user={user} sessions={data.sessions.length} onDone={done} />
            )}
          </Panel>
          {!own && data.oidcLinks.length > 0 && (
            <Panel title="Signing in elsewhere">
              <UserLinks userName={user.name} links={data.oidcLinks} onDone={done} />
            </Panel>
          )}
          {!own && data.passkeys.length > 0 && (
            <Panel title="Passkeys">
              <UserPasskeys userName={user.name} passkeys={data.passkeys} onDone={done} />
            </Panel>
          )}
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
