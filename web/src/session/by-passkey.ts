import type { Client } from "urql";

import { send } from "../api/send";
import { BeginPasskeySignInDocument, type ProblemFragment, SignInWithPasskeyDocument } from "../gql/operations";
import { showPasskey } from "../passkeys/device";
import type { Viewer } from "./permission";

/** Signs whoever holds a passkey in; resolves with why not, or with nothing. */
export async function signInByPasskey(api: Client, onSignedIn: (viewer: Viewer) => void): Promise<readonly ProblemFragment[]> {
  const begun = await send(api, BeginPasskeySignInDocument, {});
  if (!begun.payload?.options) return begun.problems;
  const shown = await showPasskey(begun.payload.options);
  if (shown.answer === null) return shown.problems;
  const sent = await send(api, SignInWithPasskeyDocument, { input: { credential: shown.answer } });
  if (sent.payload?.user) onSignedIn(sent.payload.user);
  return sent.problems;
}
