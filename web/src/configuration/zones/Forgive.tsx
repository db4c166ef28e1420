import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import type { ProblemFragment } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { Text } from "../../ui/Text";
import { Editor } from "../Editor";
import { useSaving } from "../saving";

interface ForgiveProps<About extends object> {
  /** What the button says, to everybody who hears it alone. */
  words: string;
  consequence: string;
  document: TypedDocumentNode<{ outcome: { errors: readonly ProblemFragment[] } }, { input: About & { reason: string } }>;
  about: About;
}

/** Forgives in anti-passback, with a reason for the audit. */
export function Forgive<About extends object>({ words, consequence, document, about }: ForgiveProps<About>) {
  const api = useClient();
  const saving = useSaving(["reason"]);
  const [phase, setPhase] = useState<"idle" | "asking" | "done">("idle");
  const [reason, setReason] = useState("");
  const submit = async (): Promise<void> => {
    const input = { ...about, reason };
    if (await saving.run(async () => (await send(api, document, { input })).problems)) setPhase("done");
  };
  return (
    <>
      <button type="button" onClick={() => setPhase("asking")}>
        {words}
      </button>
      <span role="status" className="saved">
        {phase === "done" ? " Forgiven." : ""}
      </span>
      {phase === "asking" && (
        <Dialog title={words} onClose={() => setPhase("idle")}>
          <Editor saving={saving} action="Forgive" writable onSubmit={submit} onCancel={() => setPhase("idle")}>
            <p>{consequence}</p>
            <Text label="Reason" value={reason} onChange={setReason} problem={saving.problems.fields.reason} />
          </Editor>
        </Dialog>
      )}
    </>
  );
}
