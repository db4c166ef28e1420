import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useStore } from "../../api/store";
import { useWhole } from "../../api/use-whole";
import {
  CreateOutputDocument,
  DeleteOutputDocument,
  OutputListDocument,
  type OutputRowFragment,
  UpdateOutputDocument,
} from "../../gql/operations";
import type { LineStates } from "../../lines/line-states";
import "../../lines/lines.css";
import { OutputTile } from "../../lines/OutputTile";
import { Text } from "../../ui/Text";
import { wholeNumber } from "../doors/hardware-words";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { type PortDraft, PortFields } from "./PortFields";

const FIELDS = ["name", "deviceId", "number"] as const;

interface OutputScreenProps {
  id: string;
  writable: boolean;
  /** Whether the viewer may switch it by hand. */
  commandable: boolean;
  lines: LineStates;
}

/** One auxiliary output, or a new one; one that there is can be tried at once. */
export function OutputScreen({ id, writable, commandable, lines }: OutputScreenProps) {
  const [{ data, error }, ask] = useWhole({
    query: OutputListDocument,
    complete: true,
    requestPolicy: "cache-and-network",
    pause: id === NEW,
  });
  const output = data?.auxOutputs.find((each) => each.id === id);
  const now = useStore(lines.lines)?.outputs.find((each) => each.id === id);
  return (
    <EditorPage
      section="outputs"
      title={id === NEW ? "New auxiliary output" : (output?.name ?? "Auxiliary output")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, output)}
    >
      {(onSaved) => (
        <>
          {now && (
            <Part title="Now">
              <ul className="lines">
                <OutputTile output={now} commandable={commandable} />
              </ul>
            </Part>
          )}
          <OutputEditor
            key={output?.version ?? NEW}
            output={output ?? null}
            writable={writable}
            onSaved={onSaved}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
        </>
      )}
    </EditorPage>
  );
}

interface OutputEditorProps extends WritingProps {
  output: OutputRowFragment | null;
  writable: boolean;
}

function OutputEditor({ output, writable, ...writing }: OutputEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("outputs", FIELDS, writing);
  const [name, setName] = useState(output?.name ?? "");
  const [port, setPort] = useState<PortDraft>({
    deviceId: output?.deviceId ?? "",
    number: output === null ? "" : String(output.number),
  });
  const { fields } = saving.problems;

  const submit = (): Promise<void> =>
    save(output === null ? "create" : "change", async () => {
      const given = { name: name.trim(), deviceId: port.deviceId, number: wholeNumber(port.number) };
      const { payload, problems } =
        output === null
          ? await send(api, CreateOutputDocument, { input: given })
          : await send(api, UpdateOutputDocument, {
              input: { id: output.id, expectedVersion: output.version, ...given },
            });
      return { problems, id: payload?.auxOutput?.id ?? null };
    });

  return (
    <Editor
      saving={saving}
      action={output === null ? "Create the output" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("outputs")}
      onReload={writing.onReload}
      removal={
        output === null
          ? undefined
          : {
              name: output.name,
              consequence: "It is switched off, and its port is free for something else.",
              remove: async () =>
                (await send(api, DeleteOutputDocument, { id: output.id, expectedVersion: output.version })).problems,
              onRemoved: () => openConfiguration("outputs"),
            }
      }
    >
      <Part title="Output">
        <Text label="Name" required value={name} onChange={setName} problem={fields.name} />
        <PortFields
          of="Output"
          draft={port}
          change={(part) => setPort((was) => ({ ...was, ...part }))}
          problems={fields}
        />
        <p className="quiet">
          It can be switched while the controller cannot write its journal. Do not hang the lock of a door on it.
        </p>
      </Part>
    </Editor>
  );
}
