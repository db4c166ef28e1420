import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { type PasskeyRowFragment, RenamePasskeyDocument } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Text } from "../ui/Text";

/** Another name for one of one's own passkeys, in a dialog. */
export function RenamePasskey({ passkey, onClose }: { passkey: PasskeyRowFragment; onClose: () => void }) {
  const api = useClient();
  const [name, setName] = useState(passkey.name);
  const { pending, problems, run } = useSaving(["name"] as const);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const input = { id: passkey.id, name: name.trim() };
    if (await run(async () => (await send(api, RenamePasskeyDocument, { input })).problems)) onClose();
    else focusFirstProblem(form);
  };
  return (
    <Dialog title={`Rename ${passkey.name}`} onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Text label="Name" value={name} onChange={setName} required problem={problems.fields.name} />
        <FormProblems sentences={problems.form} />
        <div className="form-end">
          <button type="submit" className="primary" disabled={pending}>
            Rename it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
