import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { DropSecondFactorDocument, MakeRecoveryCodesDocument } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { Dialog } from "../ui/Dialog";
import { RecoveryCodes } from "./RecoveryCodes";
import { SetUpSecondFactor } from "./SetUpSecondFactor";
import { WithPassword } from "./WithPassword";

interface SecondFactorProps {
  viewer: Viewer;
  /** How many recovery codes there are; undefined while that is being asked. */
  codesLeft: number | undefined;
  onChanged: (viewer: Viewer) => void;
  /** Asks again how many recovery codes there are. */
  onReload: () => void;
}

/** What is asked for besides the password, and what can be done about it. Passkeys have a panel of their own. */
export function SecondFactor({ viewer, codesLeft, onChanged, onReload }: SecondFactorProps) {
  const api = useClient();
  const [doing, setDoing] = useState<"add" | "codes" | "drop" | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const close = (): void => {
    setDoing(null);
    setCodes([]);
    onReload();
  };
  const make = async (password: string) => {
    const sent = await send(api, MakeRecoveryCodesDocument, { password });
    if (sent.payload) setCodes(sent.payload.codes);
    return sent.problems;
  };
  const drop = async (password: string) => {
    const sent = await send(api, DropSecondFactorDocument, { password });
    if (sent.payload?.user) {
      onChanged(sent.payload.user);
      close();
    }
    return sent.problems;
  };
  return (
    <>
      <p>{words(viewer)}</p>
      {viewer.hasSecondFactor && codesLeft !== undefined && (
        <p>You have {codesLeft === 1 ? "1 recovery code" : `${codesLeft} recovery codes`} left.</p>
      )}
      <div className="row-actions">
        {viewer.hasSecondFactor && (
          <button type="button" onClick={() => setDoing("codes")}>
            Make new recovery codes
          </button>
        )}
        {viewer.hasAuthenticator ? (
          <button type="button" className="danger" onClick={() => setDoing("drop")}>
            Turn the authenticator off
          </button>
        ) : (
          <button type="button" onClick={() => setDoing("add")}>
            Set up an authenticator
          </button>
        )}
      </div>
      {doing === "add" && (
        <Dialog title="Set up an authenticator" onClose={close}>
          <SetUpSecondFactor onConfirmed={onChanged} onDone={close} />
        </Dialog>
      )}
      {doing === "codes" && (
        <Dialog title="New recovery codes" onClose={close}>
          {codes.length > 0 ? (
            <RecoveryCodes codes={codes} onDone={close} />
          ) : (
            <WithPassword words="The codes that you have now will count no more." action="Make new codes" asks={viewer.hasPassword} send={make} />
          )}
        </Dialog>
      )}
      {doing === "drop" && (
        <Dialog title="Turn the authenticator off?" onClose={close}>
          <WithPassword
            words={
              viewer.passkeyCount > 0
                ? "A passkey or a recovery code is what is asked for besides your password then."
                : "Your password alone will let you in, and whoever else has it."
            }
            action="Turn it off"
            asks={viewer.hasPassword}
            send={drop}
          />
        </Dialog>
      )}
    </>
  );
}

function words({ hasAuthenticator, passkeyCount }: Viewer): string {
  if (hasAuthenticator && passkeyCount > 0) return "Signing in with your password also asks for a code of your authenticator or a passkey.";
  if (hasAuthenticator) return "Signing in asks for a code of your authenticator.";
  if (passkeyCount > 0) return "Signing in with your password also asks for a passkey.";
  return "Signing in asks for your password only. With a second factor, a stolen password is not enough.";
}
