import { Provider } from "urql";

import { FirstToDo } from "../account/FirstToDo";
import { SignIn } from "../session/SignIn";
import { SetUp } from "../session/SetUp";
import { useSession } from "../session/use-session";
import { Shell } from "./Shell";

export function App() {
  const { state, api, signedIn, expire, signOut } = useSession();
  switch (state.phase) {
    case "asking":
      return (
        <main className="sign-in">
          <p className="quiet" role="status">
            {state.unreachable ? "The server cannot be reached. Trying again…" : "Loading…"}
          </p>
        </main>
      );
    case "set-up":
      return <SetUp api={api} onSignedIn={signedIn} />;
    case "signed-out":
      return <SignIn api={api} expired={state.expired} onSignedIn={signedIn} />;
    case "signed-in":
      if (state.viewer.firstToDo !== null) {
        return <FirstToDo api={api} viewer={state.viewer} onChanged={signedIn} onSignOut={() => void signOut()} />;
      }
      return (
        <Provider value={api}>
          <Shell api={api} viewer={state.viewer} onSignedOut={expire} onSignOut={() => void signOut()} onViewer={signedIn} />
        </Provider>
      );
  }
}
