import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useSecond } from "../../app/now";
import { type ControllerRowFragment, IssueEnrolmentCodeDocument } from "../../gql/operations";
import { CopyText } from "../../ui/CopyText";
import { Dialog } from "../../ui/Dialog";
import { FormProblems } from "../../ui/Field";
import { useSaving } from "../saving";
import { countdownWords } from "./controller-words";

const USUAL_PORT = 8443;

/** A code as it was issued, and the certificate that the controller had then. */
interface Issued {
  code: string;
  expiresAtMs: number;
  port: number | null;
  certificateThen: string | null;
}

interface EnrolmentDialogProps {
  /** As it is now: it gets another certificate when the code is used. */
  controller: ControllerRowFragment;
  onChanged: () => void;
  onClose: () => void;
}

/** Issues a one-time code, and says what to do with it for as long as it can be used. */
export function EnrolmentDialog({ controller, onChanged, onClose }: EnrolmentDialogProps) {
  const api = useClient();
  const saving = useSaving([]);
  const [issued, setIssued] = useState<Issued | null>(null);
  const { id, name, enrolled, certificateExpiresAt } = controller;
  const issue = async (): Promise<void> => {
    const done = await saving.run(async () => {
      const { payload, problems } = await send(api, IssueEnrolmentCodeDocument, { id });
      if (payload && payload.code !== null && payload.expiresAt !== null) {
        const { code, expiresAt, port } = payload;
        setIssued({ code, expiresAtMs: Date.parse(expiresAt), port, certificateThen: certificateExpiresAt });
      }
      return problems;
    });
    if (done) onChanged();
  };
  const used = issued !== null && certificateExpiresAt !== null && certificateExpiresAt !== issued.certificateThen;
  return (
    <Dialog title={enrolled && issued === null ? `Enrol ${name} anew` : `Enrol ${name}`} onClose={onClose} testId="enrolment-dialog">
      <div className="form">
        {issued === null && (
          <p>
            A code is shown once, works once, and for 15 minutes. A code that was issued before ends.
            {enrolled && " What the controller has now counts until the new computer first connects."}
          </p>
        )}
        <FormProblems sentences={saving.problems.form} />
        {issued !== null && !used && <Code issued={issued} />}
        {used && <p role="status">{name} has used the code and is enrolled. It connects by itself from now on.</p>}
        <div className="form-end">
          <button type="button" className={used ? "primary" : ""} onClick={onClose}>
            {issued === null ? "Cancel" : "Close"}
          </button>
          {!used && (
            <button type="button" className={issued === null ? "primary" : ""} disabled={saving.pending} onClick={() => void issue()}>
              {issued === null ? "Issue a code" : "Issue another code"}
            </button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

/** In the words of a shell, a line for each thing that may have to be another. */
function commandFor(server: string, code: string): string {
  return ["doorward controller", `--server ${server}`, "--data /var/lib/doorward-controller", `--enrol ${code}`].join(" \\\n  ");
}

function Code({ issued: { code, expiresAtMs, port } }: { issued: Issued }) {
  const left = expiresAtMs - useSecond();
  if (left <= 0) return <p role="status">The code has ended without being used. Issue another one.</p>;
  const server = `wss://${location.hostname}:${port ?? USUAL_PORT}`;
  return (
    <>
      {port === null && (
        <p className="note-problem" role="alert">
          This server takes no controllers in: restart it with --controllers-port {USUAL_PORT} first. The code stays good
          until it ends.
        </p>
      )}
      <p className="heard-only" role="status">
        The code is issued.
      </p>
      <p>
        It is shown this once, and can be used for another{" "}
        <span className="countdown" role="timer" data-testid="code-left">
          {countdownWords(left)}
        </span>
        .
      </p>
      <CopyText text={code} name="the code" testId="enrolment-code" />
      <p>Run this at the controller’s computer. If it reaches the server under another name, put that in.</p>
      <CopyText
        text={commandFor(server, code)}
        name="the command"
        testId="enrolment-command"
      />
      <p className="quiet">
        From then on it is started without --enrol. With “--enrol -” it asks for the code, which is then in no list of
        processes.
      </p>
    </>
  );
}
