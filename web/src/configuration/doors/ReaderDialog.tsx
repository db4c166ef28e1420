import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { CreateReaderDocument, type ReaderSetupFragment, type Side, UpdateReaderDocument } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { Editor } from "../Editor";
import { useSaving } from "../saving";
import { NEW_READER, READER_FIELDS, readerDraft, readerInput } from "./reader-draft";
import { ReaderFields } from "./ReaderFields";

interface ReaderDialogProps {
  /** The reader to change; null: a new one. */
  reader: ReaderSetupFragment | null;
  /** Where a new one is added. */
  doorId: string;
  side?: Side;
  inCab: boolean;
  onDone: () => void;
  onReload: () => void;
  onClose: () => void;
}

/** Adds or changes a reader. */
export function ReaderDialog({ reader, doorId, side = "A", inCab, onDone, onReload, onClose }: ReaderDialogProps) {
  const api = useClient();
  const saving = useSaving(READER_FIELDS);
  const [draft, setDraft] = useState(() => (reader === null ? { ...NEW_READER, side } : readerDraft(reader)));
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));
  const submit = async (): Promise<void> => {
    const input = readerInput(draft);
    const saved = await saving.run(async () => {
      const { problems } =
        reader === null
          ? await send(api, CreateReaderDocument, { input: { doorId, ...input } })
          : await send(api, UpdateReaderDocument, { input: { id: reader.id, expectedVersion: reader.version, ...input } });
      return problems;
    });
    if (saved) onDone();
  };
  return (
    <Dialog title={reader === null ? "New reader" : `Change ${reader.name}`} onClose={onClose} testId="reader-dialog">
      <Editor
        saving={saving}
        action={reader === null ? "Add the reader" : "Save the reader"}
        writable
        onSubmit={submit}
        onCancel={onClose}
        onReload={onReload}
      >
        <ReaderFields draft={draft} change={change} problems={saving.problems.fields} inCab={inCab} />
        {draft.type === "OSDP" && reader === null && (
          <p className="quiet">Its OSDP device, with bus, address and key, is added next.</p>
        )}
      </Editor>
    </Dialog>
  );
}
