import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CreateInterlockDocument,
  DeleteInterlockDocument,
  InterlockListDocument,
  type InterlockRowFragment,
  PlaceChoicesDocument,
  UpdateInterlockDocument,
} from "../../gql/operations";
import { type Choice, idsOf, Picker } from "../../ui/Picker";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";

const FIELDS = ["name", "doorIds"] as const;

/** One interlock, or a new one. */
export function InterlockScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: InterlockListDocument, complete: true, requestPolicy: "cache-and-network", pause: id === NEW });
  const interlock = data?.interlocks.find((each) => each.id === id);
  return (
    <EditorPage
      section="interlocks"
      title={id === NEW ? "New interlock" : (interlock?.name ?? "Interlock")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, interlock)}
    >
      {(onSaved) => (
        <InterlockEditor
          key={interlock?.version ?? NEW}
          interlock={interlock ?? null}
          writable={writable}
          onSaved={onSaved}
          onReload={() => ask({ requestPolicy: "network-only" })}
        />
      )}
    </EditorPage>
  );
}

interface InterlockEditorProps extends WritingProps {
  interlock: InterlockRowFragment | null;
  writable: boolean;
}

function InterlockEditor({ interlock, writable, ...writing }: InterlockEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("interlocks", FIELDS, writing);
  const [name, setName] = useState(interlock?.name ?? "");
  const [doors, setDoors] = useState<readonly Choice[]>(interlock?.doors ?? []);
  const [{ data }] = useWhole({ query: PlaceChoicesDocument });
  const { fields } = saving.problems;

  const submit = (): Promise<void> =>
    save(interlock === null ? "create" : "change", async () => {
      const input = { name: name.trim(), doorIds: idsOf(doors) };
      const { payload, problems } =
        interlock === null
          ? await send(api, CreateInterlockDocument, { input })
          : await send(api, UpdateInterlockDocument, {
              input: { id: interlock.id, expectedVersion: interlock.version, ...input },
            });
      return { problems, id: payload?.interlock?.id ?? null };
    });

  return (
    <Editor
      saving={saving}
      action={interlock === null ? "Create the interlock" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("interlocks")}
      onReload={writing.onReload}
      removal={
        interlock === null
          ? undefined
          : {
              name: interlock.name,
              consequence: "Its doors no longer wait for each other.",
              remove: async () =>
                (await send(api, DeleteInterlockDocument, { id: interlock.id, expectedVersion: interlock.version }))
                  .problems,
              onRemoved: () => openConfiguration("interlocks"),
            }
      }
    >
      <Part title="Interlock">
        <Text label="Name" required value={name} onChange={setName} problem={fields.name} />
        <Picker
          label="Interlocked doors"
          hint="One is released only while all the others are closed and locked."
          chosen={doors}
          options={data?.doors ?? []}
          onChange={setDoors}
          problem={fields.doorIds}
        />
        {interlock?.shared === true && (
          <p className="quiet">The doors hang on several controllers, which must reach each other to release one.</p>
        )}
      </Part>
    </Editor>
  );
}
