import { useEffect, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { browserWait, type Wait } from "../api/wait";
import { type ProblemFragment, ShowQrDocument, type ShownQrFragment } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { pictureOf } from "./picture";

/** A dynamic code is good for no longer. */
const LONGEST_MS = 30_000;

interface QrDialogProps {
  credentialId: string;
  dynamic: boolean;
  code: ShownQrFragment;
  onClose: () => void;
  wait?: Wait;
}

/** A QR code to be read from the screen. A dynamic one is covered when its time is over. */
export function QrDialog({ credentialId, dynamic, code, onClose, wait = browserWait }: QrDialogProps) {
  const api = useClient();
  const [shown, setShown] = useState(code);
  const [over, setOver] = useState<ShownQrFragment | null>(null);
  const [problems, setProblems] = useState<readonly ProblemFragment[]>([]);
  useEffect(() => {
    if (shown.validUntil === null) return;
    const leftMs = Date.parse(shown.validUntil) - Date.now();
    // The server's clock counts: when this one is elsewhere, the code is covered after the longest time it can have.
    return wait(() => setOver(shown), leftMs > 0 ? Math.min(leftMs, LONGEST_MS) : LONGEST_MS);
  }, [shown, wait]);
  const next = async (): Promise<void> => {
    const sent = await send(api, ShowQrDocument, { id: credentialId });
    setProblems(sent.problems);
    if (sent.payload?.code) setShown(sent.payload.code);
  };

  return (
    <Dialog title={dynamic ? "Dynamic QR code" : "QR code"} onClose={onClose} testId="qr-dialog">
      <div className="form">
        <FormProblems sentences={problems.map(({ message }) => message)} />
        {over === shown ? (
          <p role="status">This code is over. Each code is good for 30 seconds, and for one passage.</p>
        ) : (
          <img className="qr" src={pictureOf(shown.svg)} alt="The QR code, to be shown to a reader or photographed" />
        )}
        <p className="quiet">
          {dynamic
            ? "It is taken together with a PIN only. That it was shown here is in the log."
            : "Whoever has a picture of it can use it. That it was shown here is in the log."}
        </p>
        <div className="form-end">
          {dynamic ? (
            <button type="button" onClick={() => void next()}>
              Show the next code
            </button>
          ) : (
            <a className="button" href={pictureOf(shown.svg)} download="qr-code.svg">
              Save the picture
            </a>
          )}
          <button type="button" className="primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
