import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import { CreateNetworkDeviceDocument, type ReaderType, ReadersToConnectDocument } from "../../gql/operations";
import { Editor, Part } from "../Editor";
import { useSaving } from "../saving";
import { NETWORK_READERS } from "./device-words";
import { createInput, missingStream, NETWORK_FIELDS, NEW_NETWORK } from "./network-draft";
import { NetworkFields } from "./NetworkFields";
import { NetworkKey } from "./NetworkKey";
import { ReaderChoice } from "./ReaderChoice";

interface NewNetworkDeviceProps {
  /** The reader that the device is; null: it is chosen here. */
  reader: { id: string; name: string; type: ReaderType } | null;
  writable: boolean;
  /** It is there; its key is still shown. */
  onAdded: () => void;
  /** The key was taken. */
  onDone: (id: string | null) => void;
  onCancel: () => void;
}

/** A device as it was made, with the key that it must be given. */
interface Made {
  id: string;
  path: string;
  key: string;
}

/** Adds the device that a reader or camera on the network is, and shows the key that it speaks with. */
export function NewNetworkDevice({ reader, writable, onAdded, onDone, onCancel }: NewNetworkDeviceProps) {
  const api = useClient();
  const saving = useSaving(NETWORK_FIELDS);
  const [draft, setDraft] = useState(() => ({ ...NEW_NETWORK, name: reader?.name ?? "" }));
  const [chosen, setChosen] = useState("");
  const [made, setMade] = useState<Made | null>(null);
  const [{ data }] = useWhole({ query: ReadersToConnectDocument, pause: reader !== null });
  const readers = (data?.doorConfigurations ?? []).flatMap((door) => door.readers);
  const type = reader?.type ?? readers.find(({ id }) => id === chosen)?.type ?? null;
  const { fields } = saving.problems;

  const submit = async (): Promise<void> => {
    const added = await saving.run(async () => {
      const missing = missingStream(draft, false);
      if (missing.length > 0) return missing;
      const input = { readerId: reader?.id ?? chosen, ...createInput(draft, type ?? "IP") };
      const { payload, problems } = await send(api, CreateNetworkDeviceDocument, { input });
      if (payload?.device && payload.key !== null) setMade({ ...payload.device, key: payload.key });
      return problems;
    });
    if (added) onAdded();
  };

  if (made !== null)
    return (
      <Part title="The device is added">
        <NetworkKey secret={made.key} path={made.path} />
        <div className="form-end">
          <button type="button" className="primary" onClick={() => onDone(made.id)}>
            I have set it on the device
          </button>
        </div>
      </Part>
    );
  return (
    <Editor saving={saving} action="Add the device" writable={writable} onSubmit={submit} onCancel={onCancel}>
      <Part title="Reader, intercom or camera on the network">
        {reader === null && (
          <ReaderChoice types={NETWORK_READERS} value={chosen} onChange={setChosen} problem={fields.readerId} />
        )}
        <NetworkFields
          draft={draft}
          change={(part) => setDraft((was) => ({ ...was, ...part }))}
          problems={fields}
          type={type}
          hadStream={false}
        />
      </Part>
    </Editor>
  );
}
