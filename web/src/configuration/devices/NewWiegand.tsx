import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import { CreateWiegandDocument, WiegandChoicesDocument } from "../../gql/operations";
import { Editor, Part } from "../Editor";
import { useSaving } from "../saving";
import { ReaderChoice } from "./ReaderChoice";
import { NEW_WIEGAND, WIEGAND_FIELDS, wiegandInput } from "./wiegand-draft";
import { WiegandFields } from "./WiegandFields";

interface NewDeviceOfReaderProps {
  /** The reader that the device is; null: it is chosen here. */
  readerId: string | null;
  writable: boolean;
  /** It is there. */
  onAdded: (id: string | null) => void;
  onCancel: () => void;
}

/** Wires a Wiegand reader to a channel of a converter. */
export function NewWiegand({ readerId, writable, onAdded, onCancel }: NewDeviceOfReaderProps) {
  const api = useClient();
  const saving = useSaving(WIEGAND_FIELDS);
  const [draft, setDraft] = useState(NEW_WIEGAND);
  const [chosen, setChosen] = useState("");
  const [{ data }] = useWhole({ query: WiegandChoicesDocument });
  const { fields } = saving.problems;
  const submit = async (): Promise<void> => {
    let id: string | null = null;
    const added = await saving.run(async () => {
      const variables = { input: { readerId: readerId ?? chosen, ...wiegandInput(draft) } };
      const { payload, problems } = await send(api, CreateWiegandDocument, variables);
      id = payload?.device?.id ?? null;
      return problems;
    });
    if (added) onAdded(id);
  };
  return (
    <Editor saving={saving} action="Add the device" writable={writable} onSubmit={submit} onCancel={onCancel}>
      <Part title="Wiegand reader on a converter">
        {readerId === null && (
          <ReaderChoice types={["WIEGAND"]} value={chosen} onChange={setChosen} problem={fields.readerId} />
        )}
        <WiegandFields
          draft={draft}
          change={(part) => setDraft((was) => ({ ...was, ...part }))}
          problems={fields}
          framings={data?.wiegandFramings ?? []}
        />
      </Part>
    </Editor>
  );
}
