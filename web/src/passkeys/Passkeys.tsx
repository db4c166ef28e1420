import { useState } from "react";
import { useClient } from "urql";

import { WithPassword } from "../account/WithPassword";
import { send } from "../api/send";
import { type PasskeyRowFragment, RemoveOwnPasskeyDocument } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { Dialog } from "../ui/Dialog";
import { Panel } from "../ui/Panel";
import { AddPasskey } from "./AddPasskey";
import { hasPasskeys } from "./device";
import { PasskeyRows } from "./PasskeyRows";
import { RenamePasskey } from "./RenamePasskey";

interface PasskeysProps {
  viewer: Viewer;
  passkeys: readonly PasskeyRowFragment[];
  onChanged: (viewer: Viewer) => void;
  onReload: () => void;
}

/** One's own passkeys: added, renamed and removed. */
export function Passkeys({ viewer, passkeys, onChanged, onReload }: PasskeysProps) {
  const api = useClient();
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<PasskeyRowFragment | null>(null);
  const [removing, setRemoving] = useState<PasskeyRowFragment | null>(null);
  const close = (): void => {
    setAdding(false);
    setRenaming(null);
    setRemoving(null);
    onReload();
  };
  const remove = async (id: string, password: string) => {
    const sent = await send(api, RemoveOwnPasskeyDocument, { input: { id, password: viewer.hasPassword ? password : null } });
    if (sent.payload?.user) {
      onChanged(sent.payload.user);
      close();
    }
    return sent.problems;
  };
  return (
    <Panel
      title="Passkeys"
      end={
        hasPasskeys() && (
          <button type="button" onClick={() => setAdding(true)}>
            New passkey
          </button>
        )
      }
    >
      {passkeys.length === 0 ? (
        <p className="quiet">
          You have none. A passkey signs you in with your fingerprint, face or device PIN; no false page can ask for it.
          {!hasPasskeys() && " This browser has none at this address: that takes HTTPS and a host name."}
        </p>
      ) : (
        <PasskeyRows caption="Your passkeys" passkeys={passkeys} onRename={setRenaming} onRemove={setRemoving} />
      )}
      {adding && (
        <Dialog title="New passkey" onClose={close}>
          <AddPasskey viewer={viewer} onAdded={onChanged} onDone={close} />
        </Dialog>
      )}
      {renaming && <RenamePasskey passkey={renaming} onClose={close} />}
      {removing && (
        <Dialog title={`Remove ${removing.name}?`} onClose={close}>
          <WithPassword
            words="It signs you in no more. Remove it from your device too."
            action="Remove it"
            asks={viewer.hasPassword}
            send={(password) => remove(removing.id, password)}
          />
        </Dialog>
      )}
    </Panel>
  );
}
