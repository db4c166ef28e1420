import { dateWords } from "../app/clock";
import { Cell, Rows } from "../configuration/Page";
import type { PasskeyRowFragment } from "../gql/operations";

interface PasskeyRowsProps {
  caption: string;
  passkeys: readonly PasskeyRowFragment[];
  /** Not given: they keep their names. */
  onRename?: (passkey: PasskeyRowFragment) => void;
  onRemove: (passkey: PasskeyRowFragment) => void;
}

/** Passkeys of a user, and what can be done with each. */
export function PasskeyRows({ caption, passkeys, onRename, onRemove }: PasskeyRowsProps) {
  return (
    <Rows caption={caption} columns={["Name", "For", "Added", "Last used", "Change it"]}>
      {passkeys.map((passkey) => (
        <tr key={passkey.id} data-testid="passkey">
          <th scope="row">
            {passkey.name} {passkey.backedUp && <span className="tag">Synced</span>}
          </th>
          <Cell label="For">{passkey.site}</Cell>
          <Cell label="Added">{dateWords(Date.parse(passkey.createdAt))}</Cell>
          <Cell label="Last used">{passkey.lastUsedAt === null ? "Never" : dateWords(Date.parse(passkey.lastUsedAt))}</Cell>
          <td>
            <span className="row-actions">
              {onRename && (
                <button type="button" aria-label={`Rename ${passkey.name}`} onClick={() => onRename(passkey)}>
                  Rename
                </button>
              )}
              <button type="button" aria-label={`Remove ${passkey.name}`} onClick={() => onRemove(passkey)}>
                Remove
              </button>
            </span>
          </td>
        </tr>
      ))}
    </Rows>
  );
}
