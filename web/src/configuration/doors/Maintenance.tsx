import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { type DoorSettingsFragment, SetDoorMaintenanceDocument } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { Text } from "../../ui/Text";
import { Editor } from "../Editor";
import { useSaving } from "../saving";

/** Begins or ends the door's maintenance, with a reason for the audit. */
export function Maintenance({ door, onDone }: { door: DoorSettingsFragment; onDone: () => void }) {
  const api = useClient();
  const saving = useSaving(["reason"]);
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const words = door.maintenance ? "End the maintenance" : "Begin maintenance";
  const submit = async (): Promise<void> => {
    const variables = { id: door.id, on: !door.maintenance, reason };
    if (!(await saving.run(async () => (await send(api, SetDoorMaintenanceDocument, variables)).problems))) return;
    setAsking(false);
    setReason("");
    onDone();
  };
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        {words}
      </button>
      {asking && (
        <Dialog title={`${words}: ${door.name}`} onClose={() => setAsking(false)}>
          <Editor saving={saving} action={words} writable onSubmit={submit} onCancel={() => setAsking(false)}>
            <Text label="Reason" required value={reason} onChange={setReason} problem={saving.problems.fields.reason} />
          </Editor>
        </Dialog>
      )}
    </>
  );
}
