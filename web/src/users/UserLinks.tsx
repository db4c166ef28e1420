import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { type LinkRowFragment, RemoveLinkDocument } from "../gql/operations";
import { LinkRows } from "../providers/Links";
import { Confirm } from "../ui/Confirm";

interface UserLinksProps {
  userName: string;
  links: readonly LinkRowFragment[];
  onDone: (words: string) => void;
}

/** Where somebody else signs in, which an administrator can end. */
export function UserLinks({ userName, links, onDone }: UserLinksProps) {
  const api = useClient();
  const [ending, setEnding] = useState<LinkRowFragment | null>(null);
  const close = (): void => setEnding(null);
  return (
    <>
      <LinkRows caption={`Where ${userName} signs in`} links={links} onEnd={setEnding} />
      {ending && (
        <Confirm
          title={`Disconnect ${userName} from ${ending.providerName}?`}
          action="Disconnect them"
          onConfirm={async () => (await send(api, RemoveLinkDocument, { input: { id: ending.id } })).problems}
          onDone={() => {
            close();
            onDone(`${userName} is not connected with ${ending.providerName} any more.`);
          }}
          onReload={close}
          onClose={close}
        >
          <p>Signing in there does not let them in as {userName} any more.</p>
        </Confirm>
      )}
    </>
  );
}
