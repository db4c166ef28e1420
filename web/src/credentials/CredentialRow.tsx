import { StandingBadge } from "../cardholders/StandingBadge";
import type { CredentialDetailFragment, CredentialStatus } from "../gql/operations";
import { Icon } from "../ui/Icon";
import { CONDITIONS, KINDS, STATUSES } from "./kinds";
import { tokenWords, useWords, validityWords } from "./words";

/** What can be done to a credential of some kind, beside changing its status. */
export type CredentialAct = "edit" | "delete" | "change-pin" | "show-qr" | "invite" | "revoke";

interface CredentialRowProps {
  credential: CredentialDetailFragment;
  writable: boolean;
  onStatus: (status: CredentialStatus) => void;
  onAct: (act: CredentialAct) => void;
}

const ACT_WORDS: Record<CredentialAct, string> = {
  edit: "Edit",
  "change-pin": "Change the PIN",
  "show-qr": "Show the code",
  invite: "Invite a phone",
  revoke: "Revoke",
  delete: "Delete",
};

export function CredentialRow({ credential, writable, onStatus, onAct }: CredentialRowProps) {
  const { kind, name, status, condition } = credential;
  const { word, icon } = KINDS[kind];
  return (
    <li data-testid="credential" data-kind={kind} data-condition={condition}>
      <Icon name={icon} />
      <span className="card-name">{name}</span>
      <span className="quiet">{[name === word ? "" : word, tokenWords(credential)].filter(Boolean).join(": ")}</span>
      <StandingBadge standing={CONDITIONS[condition]} />
      {writable && (
        <label className="card-status">
          <span className="heard-only">Status of {name}</span>
          <select value={status} onChange={({ currentTarget }) => onStatus(currentTarget.value as CredentialStatus)}>
            {Object.entries(STATUSES).map(([each, words]) => (
              <option key={each} value={each}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      <div className="credential-more">
        <span className="quiet">{`${validityWords(credential)}. ${useWords(credential)}.`}</span>
        {credential.traced && <span className="tag">Traced</span>}
        {credential.startsLockdown && <span className="tag">Starts a lockdown</span>}
        {writable && (
          <span className="row-actions">
            {actsOf(credential).map((act) => (
              <button
                key={act}
                type="button"
                className={act === "delete" || act === "revoke" ? "danger" : undefined}
                aria-label={`${ACT_WORDS[act]}: ${name}`}
                onClick={() => onAct(act)}
              >
                {ACT_WORDS[act]}
              </button>
            ))}
          </span>
        )}
      </div>
    </li>
  );
}

function actsOf({ kind, device }: CredentialDetailFragment): CredentialAct[] {
  switch (kind) {
    case "PIN":
      return ["edit", "change-pin", "delete"];
    case "QR":
    case "DYNAMIC_QR":
      return ["show-qr", "edit", "delete"];
    case "MOBILE":
      // A phone that has it must lose it before another one is invited.
      if (device?.pairedAt) return ["revoke", "edit", "delete"];
      return device?.invitationExpiresAt ? ["invite", "revoke", "edit", "delete"] : ["invite", "edit", "delete"];
    default:
      return ["edit", "delete"];
  }
}
