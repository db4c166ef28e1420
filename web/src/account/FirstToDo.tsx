import { useState } from "react";
import { Provider, type Client } from "urql";

import { AddPasskey } from "../passkeys/AddPasskey";
import { hasPasskeys } from "../passkeys/device";
import type { Viewer } from "../session/permission";
import { ChangePassword } from "./ChangePassword";
import { SetUpSecondFactor } from "./SetUpSecondFactor";
import "../session/session.css";
import "./account.css";

interface FirstToDoProps {
  api: Client;
  viewer: Viewer;
  onChanged: (viewer: Viewer) => void;
  onSignOut: () => void;
}

/** What somebody who has signed in must do before anything else is shown to them. */
export function FirstToDo({ api, viewer, onChanged, onSignOut }: FirstToDoProps) {
  const [passkey, setPasskey] = useState(false);
  const password = viewer.firstToDo === "CHANGE_PASSWORD";
  return (
    <Provider value={api}>
      <main className="sign-in">
        <section className="first-to-do panel" aria-labelledby="first-title" data-testid="first-to-do">
          <h1 id="first-title">{password ? "Choose a password of your own" : "Set up a second factor"}</h1>
          <p className="quiet">
            {password
              ? "Somebody else knows the one that you have now."
              : "This site asks for more than your password: a code of an authenticator app on your phone, or a passkey."}
          </p>
          {password && <ChangePassword hasOne={viewer.hasPassword} onChanged={onChanged} />}
          {!password && (passkey ? <AddPasskey viewer={viewer} onDone={onChanged} /> : <SetUpSecondFactor onDone={onChanged} />)}
          {!password && hasPasskeys() && (
            <p>
              <button type="button" onClick={() => setPasskey(!passkey)}>
                {passkey ? "Use an authenticator app instead" : "Use a passkey instead"}
              </button>
            </p>
          )}
          <p>
            <button type="button" onClick={onSignOut}>
              Sign out
            </button>
          </p>
        </section>
      </main>
    </Provider>
  );
}
