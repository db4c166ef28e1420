import { useState } from "react";
import { useClient } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useWhole } from "../api/use-whole";
import { useMinute } from "../app/now";
import { useSaving } from "../configuration/saving";
import { EndOtherSessionsDocument, EndOwnSessionDocument, OwnSessionsDocument } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Passkeys } from "../passkeys/Passkeys";
import { Links } from "../providers/Links";
import { FormProblems } from "../ui/Field";
import { Panel } from "../ui/Panel";
import { Tokens } from "../tokens/Tokens";
import { roleWords } from "../users/words";
import { ChangePassword } from "./ChangePassword";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";
import "./account.css";

interface AccountProps {
  viewer: Viewer;
  /** Something about the viewer is different now. */
  onChanged: (viewer: Viewer) => void;
}

/** One's own account: password, second factor, passkeys, and where one is signed in. */
export function Account({ viewer, onChanged }: AccountProps) {
  const api = useClient();
  const [{ data, error }, reload] = useWhole({ query: OwnSessionsDocument, requestPolicy: "cache-and-network" });
  const nowMs = useMinute();
  const [said, setSaid] = useState("");
  const ending = useSaving([]);
  const again = (): void => reload({ requestPolicy: "network-only" });

  const end = async (id: string) => {
    const { problems } = await send(api, EndOwnSessionDocument, { id });
    again();
    return problems;
  };
  const endOthers = async () => {
    const { problems } = await send(api, EndOtherSessionsDocument, {});
    again();
    return problems;
  };
  return (
    <section className="screen account" aria-labelledby="account-title">
      <header className="screen-head">
        <h1 id="account-title">Your account</h1>
        <p className="quiet">
          {viewer.name}, {roleWords(viewer.role)}
        </p>
      </header>
      <p className="saved" role="status">
        {said}
      </p>
      <Panel title="Password">
        <ChangePassword
          hasOne={viewer.hasPassword}
          onChanged={(changed) => {
            onChanged(changed);
            setSaid("Your password is changed, and your other sessions have ended.");
            again();
          }}
        />
      </Panel>
      <Panel title="Second factor">
        <SecondFactor viewer={viewer} codesLeft={data?.recoveryCodesLeft} onChanged={onChanged} onReload={again} />
      </Panel>
      {data && <Passkeys viewer={viewer} passkeys={data.ownPasskeys} onChanged={onChanged} onReload={again} />}
      <Links viewer={viewer} />
      <Panel
        title="Where you are signed in"
        end={
          (data?.ownSessions.length ?? 0) > 1 && (
            <button type="button" disabled={ending.pending} onClick={() => void ending.run(endOthers)}>
              End all others
            </button>
          )
        }
      >
        {error && (
          <p className="note-problem" role="alert">
            {sentenceOf(error)}
          </p>
        )}
        <FormProblems sentences={ending.problems.form} />
        {data && <Sessions caption="Your sessions" sessions={data.ownSessions} onEnd={end} />}
      </Panel>
      {may(viewer, "api.explore") && (
        <Panel title="API explorer">
          <p>
            <a href="/explorer">Try the API out</a> with what you may do here: its schema, and a place to write requests. What you
            run is done.
          </p>
        </Panel>
      )}
      {data && (
        <Tokens
          hasPassword={viewer.hasPassword}
          tokens={data.ownTokens}
          permissions={viewer.permissions.filter((each) => each !== "account.own")}
          nowMs={nowMs}
          onReload={again}
        />
      )}
    </section>
  );
}
