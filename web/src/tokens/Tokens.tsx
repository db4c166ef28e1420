import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { dateWords, dayWords } from "../app/clock";
import { Cell, Rows } from "../configuration/Page";
import { RevokeOwnTokenDocument, RevokeTokenDocument, type TokenRowFragment } from "../gql/operations";
import { Badge } from "../ui/Badge";
import { Confirm } from "../ui/Confirm";
import { Panel } from "../ui/Panel";
import { NewToken } from "./NewToken";

interface TokensProps {
  tokens: readonly TokenRowFragment[];
  /** What a new token may have. */
  permissions: readonly string[];
  /** Of which service account they are; none: of whoever looks at them. */
  serviceId?: string;
  /** Whether whoever looks at them has a password to ask for. */
  hasPassword?: boolean;
  nowMs: number;
  onReload: () => void;
}

/** What lets programs in, and how to make and revoke it. */
export function Tokens({ tokens, permissions, serviceId, hasPassword = true, nowMs, onReload }: TokensProps) {
  const api = useClient();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<TokenRowFragment | null>(null);
  const document = serviceId === undefined ? RevokeOwnTokenDocument : RevokeTokenDocument;
  return (
    <Panel
      title="Tokens"
      end={
        <button type="button" onClick={() => setCreating(true)}>
          New token
        </button>
      }
    >
      {tokens.length === 0 ? (
        <p className="quiet">There are no tokens. A program sends one with each request instead of signing in.</p>
      ) : (
        <Rows caption="Tokens" columns={["Name", "May", "Ends", "Last used", "End it"]}>
          {tokens.map((token) => (
            <tr key={token.id} data-testid="token">
              <th scope="row">{token.name}</th>
              <Cell label="May">
                <span className="token-permissions">{token.permissions.join(", ")}</span>
                {token.networks.length > 0 && <span className="quiet"> from {token.networks.join(", ")}</span>}
              </Cell>
              <Cell label="Ends">
                {Date.parse(token.expiresAt) <= nowMs ? <Badge tone="off" word="Expired" /> : dayWords(Date.parse(token.expiresAt))}
              </Cell>
              <Cell label="Last used">
                {token.lastUsedAt === null
                  ? "Never"
                  : `${dateWords(Date.parse(token.lastUsedAt))}${token.lastAddress === null ? "" : ` from ${token.lastAddress}`}`}
              </Cell>
              <td>
                <span className="row-actions">
                  <button type="button" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
                    Revoke
                  </button>
                </span>
              </td>
            </tr>
          ))}
        </Rows>
      )}
      {creating && (
        <NewToken
          permissions={permissions}
          serviceId={serviceId}
          hasPassword={hasPassword}
          nowMs={nowMs}
          onClose={() => {
            setCreating(false);
            onReload();
          }}
        />
      )}
      {revoking && (
        <Confirm
          title={`Revoke ${revoking.name}?`}
          action="Revoke it"
          onConfirm={async () => (await send(api, document, { id: revoking.id })).problems}
          onDone={() => {
            setRevoking(null);
            onReload();
          }}
          onReload={onReload}
          onClose={() => setRevoking(null)}
        >
          <p>Programs that come with it get no further, within five seconds even those that are connected.</p>
        </Confirm>
      )}
    </Panel>
  );
}
