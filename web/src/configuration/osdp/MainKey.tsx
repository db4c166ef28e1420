import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { SetOsdpMainKeyDocument } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { Editor } from "../Editor";
import { useSaving } from "../saving";
import { KeyField, keyInput } from "./KeyField";

/** Sets what the keys of devices are derived from. No key is ever shown. */
export function MainKey({ onClose }: { onClose: () => void }) {
  const api = useClient();
  const saving = useSaving(["key"]);
  const [key, setKey] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const submit = async (): Promise<void> => {
    const variables = { key: keyInput(key) };
    if (await saving.run(async () => (await send(api, SetOsdpMainKeyDocument, variables)).problems)) setDone(true);
  };
  return (
    <Dialog title="Main key of the OSDP devices" onClose={onClose} testId="main-key">
      {done ? (
        <div className="form">
          <p role="status">
            The site has a new main key. Devices keep their keys: give each a new one, best now, with “New keys for all”.
          </p>
          <div className="form-end">
            <button type="button" className="primary" onClick={onClose}>
              Close
            </button>
          </div>
        </div>
      ) : (
        <Editor saving={saving} action="Set a new main key" writable onSubmit={submit} onCancel={onClose}>
          <p>
            Every device has a key of its own, derived from the main key. Set a new one if somebody may know the present one.
            It is never shown.
          </p>
          <KeyField value={key} onChange={setKey} problem={saving.problems.fields.key} otherwise="Otherwise a random one is made." />
        </Editor>
      )}
    </Dialog>
  );
}
