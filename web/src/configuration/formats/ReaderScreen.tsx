import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  FormatListDocument,
  type PinRulesRowFragment,
  ReaderListDocument,
  type ReaderRowFragment,
  SetReaderFormatsDocument,
  SetReaderPinRulesDocument,
} from "../../gql/operations";
import { Check } from "../../ui/Check";
import { type Choice, idsOf, Picker } from "../../ui/Picker";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { PIN_FIELDS, PinRulesFields, pinRulesDraft, pinRulesInput } from "./PinRulesFields";

/** What one reader has of its own: card formats, PIN rules. */
export function ReaderScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: ReaderListDocument, complete: true, requestPolicy: "cache-and-network" });
  const reader = data?.readerSettings.find(({ readerId }) => readerId === id);
  return (
    <EditorPage section="readers" title={reader?.readerName ?? "Reader"} error={error} state={stateOf(data, reader)}>
      {(onSaved) =>
        data &&
        reader && (
          <ReaderEditor
            key={JSON.stringify(reader)}
            reader={reader}
            system={data.pinRules}
            writable={writable}
            onSaved={onSaved}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
        )
      }
    </EditorPage>
  );
}

interface ReaderEditorProps extends WritingProps {
  reader: ReaderRowFragment;
  system: PinRulesRowFragment;
  writable: boolean;
}

function ReaderEditor({ reader, system, writable, ...writing }: ReaderEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("readers", [...PIN_FIELDS, "formatIds"] as const, writing);
  const [formats, setFormats] = useState<readonly Choice[] | null>(reader.cardFormats);
  const [rules, setRules] = useState(() => reader.pinRules && pinRulesDraft(reader.pinRules));
  const [{ data }] = useWhole({ query: FormatListDocument });
  const { fields } = saving.problems;
  const { readerId } = reader;

  const submit = (): Promise<void> =>
    save("change", async () => {
      const formatIds = formats && idsOf(formats);
      const first = await send(api, SetReaderFormatsDocument, { readerId, formatIds });
      if (first.payload === null) return { problems: first.problems, id: readerId };
      const input = rules && pinRulesInput(rules);
      return { problems: (await send(api, SetReaderPinRulesDocument, { readerId, input })).problems, id: readerId };
    });

  return (
    <Editor
      saving={saving}
      action="Save"
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("readers")}
      onReload={writing.onReload}
    >
      {reader.warnings.map((warning) => (
        <p key={warning} className="quiet">
          {warning}
        </p>
      ))}
      <Part title="Card formats">
        <Check
          label="Card formats of its own"
          hint="Otherwise it uses the formats that are active in the system. One of each length."
          checked={formats !== null}
          onChange={(own) => setFormats(own ? [] : null)}
        />
        {formats && (
          <Picker
            label="Formats of this reader"
            chosen={formats}
            options={(data?.cardFormats ?? []).map(({ id, name, bits }) => ({ id, name: `${name} (${bits} bits)` }))}
            onChange={setFormats}
            problem={fields.formatIds}
          />
        )}
      </Part>
      <Part title="PIN rules">
        <Check
          label="PIN rules of its own"
          checked={rules !== null}
          onChange={(own) => setRules(own ? pinRulesDraft(system) : null)}
        />
        {rules && <PinRulesFields rules={rules} onChange={setRules} problems={fields} />}
      </Part>
    </Editor>
  );
}
