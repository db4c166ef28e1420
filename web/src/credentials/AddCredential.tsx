import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { useSaving } from "../configuration/saving";
import type { CredentialKind } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { CREDENTIAL_KINDS, KINDS } from "./kinds";
import { createCredential, missingIn, NEW_TOKEN, type Shown, TOKEN_FIELDS, type TokenField } from "./new-credential";
import { NEW_TERMS, readTerms, TERMS_FIELDS, type TermsField } from "./terms";
import { TermsFields } from "./TermsFields";
import { TokenFields } from "./TokenFields";

const OPTIONS = CREDENTIAL_KINDS.map((kind) => [kind, KINDS[kind].word] as const);
const FIELDS = [...TOKEN_FIELDS, ...TERMS_FIELDS] as const;

interface AddCredentialProps {
  cardholderId: string;
  viewer: Viewer;
  /** It was added; `shown` must be shown now. */
  onAdded: (shown: Shown | null) => void;
  onClose: () => void;
}

/** Gives a cardholder a credential of any kind, in a dialog. */
export function AddCredential({ cardholderId, viewer, onAdded, onClose }: AddCredentialProps) {
  const api = useClient();
  const [kind, setKind] = useState<CredentialKind>("CARD");
  const [token, setToken] = useState(NEW_TOKEN);
  const [terms, setTerms] = useState(NEW_TERMS);
  const [missing, setMissing] = useState<Partial<Record<TokenField | TermsField, string>>>({});
  const { pending, problems, run } = useSaving(FIELDS);
  const fields = { ...problems.fields, ...missing };

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const read = readTerms(terms);
    const found = { ...missingIn(kind, token), ...("problems" in read ? read.problems.fields : {}) };
    setMissing(found);
    if ("terms" in read && Object.keys(found).length === 0) {
      await run(async () => {
        const created = await createCredential(api, kind, cardholderId, token, read.terms);
        if (created.problems.length === 0) onAdded(created.shown);
        return created.problems;
      });
    }
    focusFirstProblem(form);
  };

  return (
    <Dialog title="Add a credential" onClose={onClose} testId="add-credential-dialog">
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Select label="Kind" value={kind} options={OPTIONS} onChange={setKind} hint={KINDS[kind].meaning} />
        <TokenFields
          kind={kind}
          viewer={viewer}
          draft={token}
          change={(part) => setToken((was) => ({ ...was, ...part }))}
          problems={fields}
        />
        <Text
          label="Name"
          value={terms.name}
          onChange={(name) => setTerms({ ...terms, name })}
          placeholder={KINDS[kind].word}
          hint="What tells it from others of this person, such as the vehicle."
          problem={fields.name}
        />
        <TermsFields draft={terms} change={(part) => setTerms((was) => ({ ...was, ...part }))} problems={fields} />
        <FormProblems sentences={problems.form} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={pending}>
            {pending ? "Adding…" : "Add the credential"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
