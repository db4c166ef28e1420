import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CreateThreatLevelDocument,
  DeleteThreatLevelDocument,
  LevelListDocument,
  type LevelRowFragment,
  UpdateThreatLevelDocument,
} from "../../gql/operations";
import "../../threats/threats.css";
import { Editor } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { LEVEL_FIELDS, levelDraft, levelInput, NO_LEVEL } from "./level-draft";
import { LevelNaming, Lockdowns, Profiles, Rules } from "./LevelParts";

/** One threat level, or a new one. */
export function LevelScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: LevelListDocument, complete: true, requestPolicy: "cache-and-network" });
  const level = data?.threatLevels.find((each) => each.id === id);
  const inForce = level !== undefined && data?.threat?.levelId === level.id;
  return (
    <EditorPage
      section="threats"
      title={id === NEW ? "New threat level" : (level?.name ?? "Threat level")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, level)}
    >
      {(onSaved) => (
        <>
          {inForce && <p className="note-problem">This level is in force. Release it before you change or delete it.</p>}
          <LevelEditor
            key={level?.version ?? NEW}
            level={level ?? null}
            writable={writable && !inForce}
            onSaved={onSaved}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
        </>
      )}
    </EditorPage>
  );
}

interface LevelEditorProps extends WritingProps {
  level: LevelRowFragment | null;
  writable: boolean;
}

function LevelEditor({ level, writable, ...writing }: LevelEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("threats", LEVEL_FIELDS, writing);
  const [draft, setDraft] = useState(() => (level === null ? NO_LEVEL : levelDraft(level)));
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));

  const submit = (): Promise<void> =>
    save(level === null ? "create" : "change", async () => {
      const input = levelInput(draft);
      const { payload, problems } =
        level === null
          ? await send(api, CreateThreatLevelDocument, { input })
          : await send(api, UpdateThreatLevelDocument, { input: { id: level.id, expectedVersion: level.version, ...input } });
      return { problems, id: payload?.threatLevel?.id ?? null };
    });

  const parts = { draft, change, problems: saving.problems.fields };
  return (
    <Editor
      saving={saving}
      action={level === null ? "Create the threat level" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("threats")}
      onReload={writing.onReload}
      removal={
        level === null
          ? undefined
          : {
              name: level.name,
              consequence: "It can no longer be put in force. What it names stays as it is.",
              remove: async () =>
                (await send(api, DeleteThreatLevelDocument, { id: level.id, expectedVersion: level.version })).problems,
              onRemoved: () => openConfiguration("threats"),
            }
      }
    >
      <LevelNaming {...parts} />
      <Lockdowns {...parts} />
      <Rules {...parts} />
      <Profiles {...parts} />
    </Editor>
  );
}
