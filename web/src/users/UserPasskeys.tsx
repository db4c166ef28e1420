import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { type PasskeyRowFragment, RemovePasskeyDocument } from "../gql/operations";
import { PasskeyRows } from "../passkeys/PasskeyRows";
import { Confirm } from "../ui/Confirm";

interface UserPasskeysProps {
  userName: string;
  passkeys: readonly PasskeyRowFragment[];
  onDone: (words: string) => void;
}

/** Passkeys of somebody else, which an administrator can remove. */
export function UserPasskeys({ userName, passkeys, onDone }: UserPasskeysProps) {
  const api = useClient();
  const [removing, setRemoving] = useState<PasskeyRowFragment | null>(null);
  const close = (): void => setRemoving(null);
  return (
    <>
      <PasskeyRows caption={`Passkeys of ${userName}`} passkeys={passkeys} onRemove={setRemoving} />
      {removing && (
        <Confirm
          title={`Remove ${removing.name} of ${userName}?`}
          action="Remove it"
          onConfirm={async () => (await send(api, RemovePasskeyDocument, { input: { id: removing.id } })).problems}
          onDone={() => {
            close();
            onDone(`${removing.name} lets nobody in any more.`);
          }}
          onReload={close}
          onClose={close}
        >
          <p>It signs nobody in any more, and the sessions of {userName} end.</p>
        </Confirm>
      )}
    </>
  );
}
