import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { CreateDeviceDocument, type ReaderSetupFragment } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { Editor } from "../Editor";
import { useSaving } from "../saving";
import { DEVICE_FIELDS, DeviceFields, deviceInput, NEW_DEVICE } from "./DeviceFields";

interface DeviceDialogProps {
  doorId: string;
  /** The reader that the device is; null: it has the door's inputs and outputs. */
  reader: ReaderSetupFragment | null;
  /** It is there; a key that was made is still shown. */
  onAdded: () => void;
  onClose: () => void;
}

/** Adds an OSDP device. A key that the server made is shown this once. */
export function DeviceDialog({ doorId, reader, onAdded, onClose }: DeviceDialogProps) {
  const api = useClient();
  const saving = useSaving(DEVICE_FIELDS);
  const [draft, setDraft] = useState(NEW_DEVICE);
  const [key, setKey] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    let made: string | null = null;
    const added = await saving.run(async () => {
      const input = { ...deviceInput(draft), doorId, readerId: reader?.id ?? null };
      const { payload, problems } = await send(api, CreateDeviceDocument, { input });
      made = payload?.key ?? null;
      return problems;
    });
    if (!added) return;
    onAdded();
    if (made === null) onClose();
    else setKey(made);
  };
  return (
    <Dialog
      title={reader === null ? "New OSDP device with inputs and outputs" : `OSDP device of ${reader.name}`}
      onClose={onClose}
      testId="device-dialog"
    >
      {key === null ? (
        <Editor saving={saving} action="Add the device" writable onSubmit={submit} onCancel={onClose}>
          <DeviceFields
            draft={draft}
            change={(part) => setDraft((was) => ({ ...was, ...part }))}
            problems={saving.problems.fields}
            withWires={reader === null}
          />
        </Editor>
      ) : (
        <MadeKey secret={key} onClose={onClose} />
      )}
    </Dialog>
  );
}

function MadeKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <div className="form">
      <p role="status">
        The device is added. Set this secure-channel key on it. It is shown this once: if it gets lost, delete the device
        and add it again.
      </p>
      <p className="code" data-testid="device-key">
        {secret}
      </p>
      <div className="form-end">
        <button type="button" className="primary" onClick={onClose}>
          I have set it on the device
        </button>
      </div>
    </div>
  );
}
