import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { type CredentialDetailFragment, type CredentialStatus, UpdateCredentialDocument } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { STATUSES } from "./kinds";
import { draftOf, readTerms, TERMS_FIELDS, type TermsField } from "./terms";
import { TermsFields } from "./TermsFields";

const OPTIONS = Object.entries(STATUSES) as [CredentialStatus, string][];
const FIELDS = [...TERMS_FIELDS, "status"] as const;

interface EditCredentialProps {
  /** As it was when the dialog was opened. */
  credential: CredentialDetailFragment;
  onSaved: () => void;
  onReload: () => void;
  onClose: () => void;
}

/** Changes the name, the status and the terms of a credential, in a dialog. */
export function EditCredential({ credential, onSaved, onReload, onClose }: EditCredentialProps) {
  const api = useClient();
  const [draft, setDraft] = useState(() => draftOf(credential));
  const [status, setStatus] = useState(credential.status);
  const [missing, setMissing] = useState<Partial<Record<TermsField, string>>>({});
  const { pending, problems, outdated, run } = useSaving(FIELDS);
  const fields = { ...problems.fields, ...missing };

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const read = readTerms(draft, credential);
    setMissing("problems" in read ? read.problems.fields : {});
    if ("terms" in read) {
      const { name, ...terms } = read.terms;
      const input = { id: credential.id, expectedVersion: credential.version, status, name: name ?? "", ...terms };
      if (await run(async () => (await send(api, UpdateCredentialDocument, { input })).problems)) {
        onSaved();
        return;
      }
    }
    focusFirstProblem(form);
  };

  return (
    <Dialog title={`Edit ${credential.name}`} onClose={onClose} testId="edit-credential-dialog">
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <div className="form-pair">
          <Text
            label="Name"
            value={draft.name}
            onChange={(name) => setDraft({ ...draft, name })}
            required
            problem={fields.name}
          />
          <Select label="Status" value={status} options={OPTIONS} onChange={setStatus} problem={fields.status} />
        </div>
        <TermsFields draft={draft} change={(part) => setDraft((was) => ({ ...was, ...part }))} problems={fields} />
        <Refused sentences={problems.form} outdated={outdated} onReload={onReload} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={pending}>
            {pending ? "Saving…" : "Save"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
