import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CreateFormatDocument,
  DeleteFormatDocument,
  FormatListDocument,
  type FormatRowFragment,
  ResetFormatDocument,
  UpdateFormatDocument,
} from "../../gql/operations";
import { Check } from "../../ui/Check";
import { FormProblems } from "../../ui/Field";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { FORMAT_FIELDS, formatDraft, formatInput, NO_FORMAT, wholeNumber } from "./format-draft";
import { FieldOfCard, Parities } from "./FormatFields";
import { TryFormat } from "./TryFormat";

/** One card format with what it makes of a card, or a new one. */
export function FormatScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: FormatListDocument, complete: true, requestPolicy: "cache-and-network", pause: id === NEW });
  const format = data?.cardFormats.find((each) => each.id === id);
  return (
    <EditorPage
      section="formats"
      title={id === NEW ? "New card format" : (format?.name ?? "Card format")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, format)}
    >
      {(onSaved) => (
        <FormatEditor
          key={format?.version ?? NEW}
          format={format ?? null}
          writable={writable}
          onSaved={onSaved}
          onReload={() => ask({ requestPolicy: "network-only" })}
        />
      )}
    </EditorPage>
  );
}

interface FormatEditorProps extends WritingProps {
  format: FormatRowFragment | null;
  writable: boolean;
}

function FormatEditor({ format, writable, ...writing }: FormatEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("formats", FORMAT_FIELDS, writing);
  const [draft, setDraft] = useState(() => (format === null ? NO_FORMAT : formatDraft(format)));
  const [unreadable, setUnreadable] = useState(false);
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));
  const fixed = format?.predefined === true;
  const input = formatInput(draft);
  const { fields } = saving.problems;

  const submit = async (): Promise<void> => {
    setUnreadable(input === null);
    if (input === null) return;
    await save(format === null ? "create" : "change", async () => {
      if (format === null) {
        const { payload, problems } = await send(api, CreateFormatDocument, { input });
        return { problems, id: payload?.cardFormat?.id ?? null };
      }
      const { invertBitOrder, invertByteOrder } = input;
      const changes = fixed ? { invertBitOrder, invertByteOrder } : input;
      const about = { id: format.id, expectedVersion: format.version };
      return { problems: (await send(api, UpdateFormatDocument, { input: { ...about, ...changes } })).problems, id: format.id };
    });
  };
  const reset = (): Promise<void> =>
    save("change", async () => {
      const id = format?.id ?? "";
      return { problems: (await send(api, ResetFormatDocument, { id })).problems, id };
    });

  return (
    <>
      <Editor
        saving={saving}
        action={format === null ? "Create the format" : "Save"}
        writable={writable}
        onSubmit={submit}
        onCancel={() => openConfiguration("formats")}
        onReload={writing.onReload}
        removal={
          format === null || fixed
            ? undefined
            : {
                name: format.name,
                consequence: "A format that cards or readers use cannot be deleted.",
                remove: async () => (await send(api, DeleteFormatDocument, { id: format.id })).problems,
                onRemoved: () => openConfiguration("formats"),
              }
        }
      >
        {fixed && (
          <div className="part-head">
            <p className="quiet">A predefined format: only its bit order and byte order can be changed.</p>
            <button type="button" onClick={() => void reset()}>
              Reset to its own order
            </button>
          </div>
        )}
        <Part title="Format">
          <fieldset className="plain" disabled={fixed}>
            <div className="form-pair">
              <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields.name} />
              <Text
                label="Number of bits"
                type="number"
                min={1}
                max={256}
                value={draft.bits}
                onChange={(bits) => change({ bits })}
                problem={fields.bits}
              />
            </div>
          </fieldset>
          <Check
            label="Invert the bit order"
            checked={draft.invertBitOrder}
            onChange={(invertBitOrder) => change({ invertBitOrder })}
          />
          <Check
            label="Invert the byte order"
            hint="Only where the number of bits is divisible by 8."
            checked={draft.invertByteOrder}
            onChange={(invertByteOrder) => change({ invertByteOrder })}
          />
          {fields.invertByteOrder !== undefined && <p className="field-problem">{fields.invertByteOrder}</p>}
        </Part>
        <fieldset className="plain" disabled={fixed}>
          <FieldOfCard
            title="Card number"
            field={draft.number}
            onChange={(number) => change({ number })}
            problem={fields.number}
          />
          <FieldOfCard
            title="Facility code"
            field={draft.facilityCode}
            onChange={(facilityCode) => change({ facilityCode })}
            problem={fields.facilityCode}
          />
          <Parities parities={draft.parities} onChange={(parities) => change({ parities })} problem={fields.parities} />
        </fieldset>
        <FormProblems sentences={unreadable && input === null ? ["A number of bits is missing or cannot be read."] : []} />
      </Editor>
      <TryFormat format={input} bits={wholeNumber(draft.bits)} />
    </>
  );
}
