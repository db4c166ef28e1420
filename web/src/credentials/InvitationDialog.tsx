import { dateWords } from "../app/clock";
import type { ShownInvitationFragment } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { pictureOf } from "./picture";

interface InvitationDialogProps {
  invitation: ShownInvitationFragment;
  onClose: () => void;
}

/** The code with which a phone is paired. The server keeps only its hash, so this is the one time it can be shown. */
export function InvitationDialog({ invitation: { code, svg, expiresAt }, onClose }: InvitationDialogProps) {
  return (
    <Dialog title="Invitation for a phone" onClose={onClose} testId="invitation-dialog">
      <div className="form">
        <p>
          Give this code to the cardholder. It pairs one phone, until {dateWords(Date.parse(expiresAt))}. It is shown this
          once: if it gets lost, invite again.
        </p>
        <p className="code" data-testid="invitation-code">
          {code}
        </p>
        <img className="qr" src={pictureOf(svg)} alt="The same code as a QR code" />
        <div className="form-end">
          <button type="button" className="primary" onClick={onClose}>
            I have passed it on
          </button>
        </div>
      </div>
    </Dialog>
  );
}
