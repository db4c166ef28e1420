import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { isOutdated } from "../configuration/saving";
import {
  type CredentialDetailFragment,
  type CredentialStatus,
  InviteMobileDocument,
  type ProblemFragment,
  ShowQrDocument,
  UpdateCredentialDocument,
} from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Refused } from "../ui/Refused";
import { AddCredential } from "./AddCredential";
import { ChangePin } from "./ChangePin";
import { type CredentialAct, CredentialRow } from "./CredentialRow";
import { EditCredential } from "./EditCredential";
import { InvitationDialog } from "./InvitationDialog";
import type { Shown } from "./new-credential";
import { QrDialog } from "./QrDialog";
import { Removal } from "./Removal";

interface CredentialsProps {
  cardholderId: string;
  credentials: readonly CredentialDetailFragment[];
  viewer: Viewer;
  /** Loads the cardholder again. */
  refresh: () => void;
}

/** What is open over the list. */
type Open =
  | { act: "add" }
  | { act: "edit" | "change-pin" | "delete" | "revoke"; credential: CredentialDetailFragment }
  | { act: "shown"; shown: Shown };

/** The credentials of one cardholder, of every kind. */
export function Credentials({ cardholderId, credentials, viewer, refresh }: CredentialsProps) {
  const api = useClient();
  const [open, setOpen] = useState<Open | null>(null);
  const [problems, setProblems] = useState<readonly ProblemFragment[]>([]);
  const writable = may(viewer, "credential.write");
  const close = (): void => setOpen(null);
  const settle = (shown: Shown | null = null): void => {
    setOpen(shown === null ? null : { act: "shown", shown });
    setProblems([]);
    refresh();
  };

  const setStatus = async ({ id, version }: CredentialDetailFragment, status: CredentialStatus): Promise<void> => {
    const sent = await send(api, UpdateCredentialDocument, { input: { id, expectedVersion: version, status } });
    setProblems(sent.problems);
    if (sent.payload) refresh();
  };
  const showQr = async ({ id, kind }: CredentialDetailFragment): Promise<void> => {
    const { payload, problems: refused } = await send(api, ShowQrDocument, { id });
    setProblems(refused);
    const dynamic = kind === "DYNAMIC_QR";
    if (payload?.code) setOpen({ act: "shown", shown: { what: "qr", credentialId: id, dynamic, code: payload.code } });
  };
  const invite = async ({ id }: CredentialDetailFragment): Promise<void> => {
    const { payload, problems: refused } = await send(api, InviteMobileDocument, { id });
    setProblems(refused);
    if (payload?.invitation) settle({ what: "invitation", invitation: payload.invitation });
  };
  const start = (credential: CredentialDetailFragment, act: CredentialAct): void => {
    if (act === "show-qr") void showQr(credential);
    else if (act === "invite") void invite(credential);
    else setOpen({ act, credential });
  };

  return (
    <section className="panel cards" aria-labelledby="credentials-title">
      <header className="panel-head">
        <h2 id="credentials-title">Credentials</h2>
        {writable && (
          <button type="button" onClick={() => setOpen({ act: "add" })} data-testid="add-credential">
            Add a credential
          </button>
        )}
      </header>
      <Refused
        sentences={problems.map(({ message }) => message)}
        outdated={problems.some(isOutdated)}
        onReload={() => settle()}
        reload="Load them again"
      />
      {credentials.length === 0 && <p className="quiet pad">No credentials.</p>}
      <ul className="card-rows">
        {credentials.map((credential) => (
          <CredentialRow
            key={credential.id}
            credential={credential}
            writable={writable}
            onStatus={(status) => void setStatus(credential, status)}
            onAct={(act) => start(credential, act)}
          />
        ))}
      </ul>
      {open?.act === "add" && (
        <AddCredential cardholderId={cardholderId} viewer={viewer} onAdded={settle} onClose={close} />
      )}
      {open?.act === "edit" && (
        <EditCredential credential={open.credential} onSaved={settle} onReload={settle} onClose={close} />
      )}
      {open?.act === "change-pin" && (
        <ChangePin credential={open.credential} onSaved={settle} onReload={settle} onClose={close} />
      )}
      {(open?.act === "delete" || open?.act === "revoke") && (
        <Removal
          act={open.act}
          // The present version: a question has nothing typed in it that could be lost.
          credential={credentials.find(({ id }) => id === open.credential.id) ?? open.credential}
          onDone={settle}
          onReload={refresh}
          onClose={close}
        />
      )}
      {open?.act === "shown" && open.shown.what === "qr" && <QrDialog {...open.shown} onClose={close} />}
      {open?.act === "shown" && open.shown.what === "invitation" && <InvitationDialog {...open.shown} onClose={close} />}
    </section>
  );
}
