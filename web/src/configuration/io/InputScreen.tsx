import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CreateInputDocument,
  DeleteInputDocument,
  InputListDocument,
  type InputRowFragment,
  UpdateInputDocument,
} from "../../gql/operations";
import { Text } from "../../ui/Text";
import { type CircuitDraft, CircuitFields } from "../doors/CircuitFields";
import { wholeNumber } from "../doors/hardware-words";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { type PortDraft, PortFields } from "./PortFields";

const FIELDS = ["name", "deviceId", "number", "activeWhen", "debounceMs", "supervision", "resistorOhm"] as const;

interface InputDraft extends CircuitDraft, PortDraft {
  name: string;
}

const NO_INPUT: InputDraft = {
  name: "",
  deviceId: "",
  number: "",
  activeWhen: "CLOSED",
  debounceMs: "0",
  supervision: "NONE",
  resistorOhm: "",
};

function inputDraft({ name, deviceId, number, activeWhen, debounceMs, supervision, resistorOhm }: InputRowFragment): InputDraft {
  return {
    name,
    deviceId,
    number: String(number),
    activeWhen,
    debounceMs: String(debounceMs),
    supervision,
    resistorOhm: resistorOhm === null ? "" : String(resistorOhm),
  };
}

/** One auxiliary input, or a new one. */
export function InputScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({
    query: InputListDocument,
    complete: true,
    requestPolicy: "cache-and-network",
    pause: id === NEW,
  });
  const input = data?.auxInputs.find((each) => each.id === id);
  return (
    <EditorPage
      section="inputs"
      title={id === NEW ? "New auxiliary input" : (input?.name ?? "Auxiliary input")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, input)}
    >
      {(onSaved) => (
        <InputEditor
          key={input?.version ?? NEW}
          input={input ?? null}
          writable={writable}
          onSaved={onSaved}
          onReload={() => ask({ requestPolicy: "network-only" })}
        />
      )}
    </EditorPage>
  );
}

interface InputEditorProps extends WritingProps {
  input: InputRowFragment | null;
  writable: boolean;
}

function InputEditor({ input, writable, ...writing }: InputEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("inputs", FIELDS, writing);
  const [draft, setDraft] = useState(() => (input === null ? NO_INPUT : inputDraft(input)));
  const change = (part: Partial<InputDraft>): void => setDraft((was) => ({ ...was, ...part }));
  const { fields } = saving.problems;

  const submit = (): Promise<void> =>
    save(input === null ? "create" : "change", async () => {
      const given = {
        ...draft,
        name: draft.name.trim(),
        number: wholeNumber(draft.number),
        debounceMs: wholeNumber(draft.debounceMs),
        resistorOhm: draft.supervision === "SERIAL" ? wholeNumber(draft.resistorOhm) : null,
      };
      const { payload, problems } =
        input === null
          ? await send(api, CreateInputDocument, { input: given })
          : await send(api, UpdateInputDocument, { input: { id: input.id, expectedVersion: input.version, ...given } });
      return { problems, id: payload?.auxInput?.id ?? null };
    });

  return (
    <Editor
      saving={saving}
      action={input === null ? "Create the input" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("inputs")}
      onReload={writing.onReload}
      removal={
        input === null
          ? undefined
          : {
              name: input.name,
              consequence: "What it says is told no more. Its port is free for something else.",
              remove: async () =>
                (await send(api, DeleteInputDocument, { id: input.id, expectedVersion: input.version })).problems,
              onRemoved: () => openConfiguration("inputs"),
            }
      }
    >
      <Part title="Input">
        <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields.name} />
        <PortFields of="Input" draft={draft} change={change} problems={fields} />
      </Part>
      <Part title="Contact">
        <CircuitFields of="Contact" active="it is active when" draft={draft} change={change} problems={fields} />
      </Part>
    </Editor>
  );
}
