import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  type AllSignalsFragment,
  CreateSignalSetDocument,
  DeleteSignalSetDocument,
  SetReaderSignalsDocument,
  SignalSetsDocument,
  type SignalSetRowFragment,
  UpdateSignalSetDocument,
} from "../../gql/operations";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { SignalFields } from "./SignalFields";
import { atSignals, SIGNAL_FIELDS, signalsDraft, signalsInput } from "./signals-draft";
import "./signals.css";

/** The id that stands for the site's own signals. */
export const SITE = "site";

/** The site's signals, one set, or a new one, which begins as the site's. */
export function SignalScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: SignalSetsDocument, complete: true, requestPolicy: "cache-and-network" });
  const set = data?.signalSets.find((each) => each.id === id) ?? null;
  const ofSite = id === SITE;
  const titles: Record<string, string> = { [NEW]: "New set of signals", [SITE]: "Signals of the site" };
  return (
    <EditorPage
      section="signals"
      title={titles[id] ?? set?.name ?? "Set of signals"}
      error={error}
      state={stateOf(data, id === NEW || ofSite ? data : set)}
    >
      {(onSaved) =>
        data && (
          <SignalEditor
            key={set?.version ?? (ofSite ? JSON.stringify(data.readerSignals) : id)}
            set={set}
            ofSite={ofSite}
            signals={set?.signals ?? data.readerSignals}
            writable={writable}
            onSaved={onSaved}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
        )
      }
    </EditorPage>
  );
}

interface SignalEditorProps extends WritingProps {
  /** Null: the site's, or a new one. */
  set: SignalSetRowFragment | null;
  ofSite: boolean;
  signals: AllSignalsFragment;
  writable: boolean;
}

function SignalEditor({ set, ofSite, signals, writable, ...writing }: SignalEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("signals", SIGNAL_FIELDS, writing);
  const [name, setName] = useState(set?.name ?? "");
  const [draft, setDraft] = useState(() => signalsDraft(signals));
  const isNew = set === null && !ofSite;
  const submit = (): Promise<void> =>
    save(isNew ? "create" : "change", async () => {
      const input = signalsInput(draft);
      if (ofSite) {
        const { problems } = await send(api, SetReaderSignalsDocument, { input });
        return { problems: atSignals(problems), id: SITE };
      }
      const { payload, problems } =
        set === null
          ? await send(api, CreateSignalSetDocument, { name, signals: input })
          : await send(api, UpdateSignalSetDocument, { id: set.id, name, signals: input, expectedVersion: set.version });
      return { problems: atSignals(problems), id: payload?.signalSet?.id ?? null };
    });
  return (
    <Editor
      saving={saving}
      action={isNew ? "Create the set" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("signals")}
      onReload={writing.onReload}
      removal={
        set === null
          ? undefined
          : {
              name: set.name,
              consequence:
                set.readers.length > 0
                  ? `${set.readers.map((reader) => reader.name).join(", ")} shows it. Choose other signals there first.`
                  : "No reader shows it.",
              remove: async () =>
                (await send(api, DeleteSignalSetDocument, { id: set.id, expectedVersion: set.version })).problems,
              onRemoved: () => openConfiguration("signals"),
            }
      }
    >
      {ofSite ? (
        <p className="quiet">Every OSDP reader shows these, except where another set is chosen. They count at once.</p>
      ) : (
        <Part title="What it is called">
          <Text label="Name" required value={name} onChange={setName} problem={saving.problems.fields.name} />
        </Part>
      )}
      <SignalFields draft={draft} onChange={setDraft} problems={saving.problems.fields} />
      <p className="quiet">
        A reader shows what it has: text goes only to those with a display. The keys of a keypad get no signal, so that nobody
        learns a PIN by watching or listening.
      </p>
    </Editor>
  );
}
