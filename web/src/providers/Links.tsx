import { useState } from "react";
import { useClient } from "urql";

import { WithPassword } from "../account/WithPassword";
import { send } from "../api/send";
import { useWhole } from "../api/use-whole";
import { dateWords } from "../app/clock";
import { Cell, Rows } from "../configuration/Page";
import { BeginLinkDocument, type LinkRowFragment, OwnLinksDocument, UnlinkDocument } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { Confirm } from "../ui/Confirm";
import { Dialog } from "../ui/Dialog";
import { Panel } from "../ui/Panel";

interface LinksProps {
  viewer: Viewer;
  /** Sends the browser to another page. */
  leave?: (url: string) => void;
}

function go(url: string): void {
  location.assign(url);
}

/** Where one can sign in besides here. Nothing is shown where there is no such place. */
export function Links({ viewer, leave = go }: LinksProps) {
  const api = useClient();
  const [{ data }, reload] = useWhole({ query: OwnLinksDocument, requestPolicy: "cache-and-network" });
  const [connecting, setConnecting] = useState<{ id: string; name: string } | null>(null);
  const [ending, setEnding] = useState<LinkRowFragment | null>(null);
  const connect = async (providerId: string, password: string) => {
    const sent = await send(api, BeginLinkDocument, { input: { providerId, password: viewer.hasPassword ? password : null } });
    if (sent.payload?.url) leave(sent.payload.url);
    return sent.problems;
  };
  const close = (): void => {
    setConnecting(null);
    setEnding(null);
    reload({ requestPolicy: "network-only" });
  };
  if (!data || (data.ownOidcLinks.length === 0 && data.signInChoices.length === 0)) return null;
  const free = data.signInChoices.filter(({ id }) => !data.ownOidcLinks.some(({ providerId }) => providerId === id));
  return (
    <Panel title="Signing in elsewhere">
      {data.ownOidcLinks.length > 0 && <LinkRows caption="Where you can sign in" links={data.ownOidcLinks} onEnd={setEnding} />}
      {free.length > 0 && (
        <div className="row-actions">
          {free.map((choice) => (
            <button key={choice.id} type="button" onClick={() => setConnecting(choice)}>
              Connect with {choice.name}
            </button>
          ))}
        </div>
      )}
      {connecting && (
        <Dialog title={`Connect with ${connecting.name}`} onClose={close}>
          <WithPassword
            words={`You sign in at ${connecting.name} now. From then on whoever signs in there as you gets in here as you.`}
            action="Go on"
            asks={viewer.hasPassword}
            send={(password) => connect(connecting.id, password)}
          />
        </Dialog>
      )}
      {ending && (
        <Confirm
          title={`Disconnect from ${ending.providerName}?`}
          action="Disconnect"
          onConfirm={async () => (await send(api, UnlinkDocument, { input: { id: ending.id } })).problems}
          onDone={close}
          onReload={close}
          onClose={close}
        >
          <p>Signing in there does not let you in here any more.</p>
        </Confirm>
      )}
    </Panel>
  );
}

interface LinkRowsProps {
  caption: string;
  links: readonly LinkRowFragment[];
  onEnd: (link: LinkRowFragment) => void;
}

/** Who somebody is at providers. */
export function LinkRows({ caption, links, onEnd }: LinkRowsProps) {
  return (
    <Rows caption={caption} columns={["Provider", "There they are", "Connected", "Last used", "End it"]}>
      {links.map((link) => (
        <tr key={link.id} data-testid="link">
          <th scope="row">{link.providerName}</th>
          <Cell label="There they are">
            <span className="token-permissions">{link.subject}</span>
          </Cell>
          <Cell label="Connected">{dateWords(Date.parse(link.createdAt))}</Cell>
          <Cell label="Last used">{link.lastUsedAt === null ? "Never" : dateWords(Date.parse(link.lastUsedAt))}</Cell>
          <td>
            <span className="row-actions">
              <button type="button" aria-label={`Disconnect from ${link.providerName}`} onClick={() => onEnd(link)}>
                Disconnect
              </button>
            </span>
          </td>
        </tr>
      ))}
    </Rows>
  );
}
