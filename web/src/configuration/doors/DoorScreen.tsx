import { useState } from "react";
import { useClient, useQuery } from "urql";

import { send } from "../../api/send";
import {
  CreateDoorDocument,
  DeleteDoorDocument,
  type DoorSettingsFragment,
  DoorSettingsDocument,
  UpdateDoorDocument,
} from "../../gql/operations";
import { useMay } from "../../session/viewing";
import { Editor } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { CopyDoor } from "./CopyDoor";
import { DOOR_FIELDS, doorChanges, doorDraft, doorInput, NEW_DOOR } from "./door-draft";
import { Alarms, Basics, Times } from "./DoorParts";
import { Hardware } from "./Hardware";
import { Maintenance } from "./Maintenance";
import { Security } from "./Security";
import "./doors.css";

/** How one door is set up, or a new door. */
export function DoorScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useQuery({
    query: DoorSettingsDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
    pause: id === NEW,
  });
  const seesAll = useMay("configuration.view", "everywhere");
  const writesAll = useMay("configuration.write", "everywhere") && writable;
  const door = data?.doorConfiguration;
  const reload = (): void => ask({ requestPolicy: "network-only" });
  return (
    <EditorPage
      section="doors"
      title={id === NEW ? "New door" : (door?.name ?? "Door")}
      watched={{ kind: "DOOR", id, onReload: reload }}
      error={error}
      state={id === NEW ? "found" : stateOf(data, door)}
    >
      {(onSaved) => (
        <>
          {door?.warnings.map((warning) => (
            <p key={warning} className="note-problem">
              {warning}
            </p>
          ))}
          {door && writable && (
            <div className="door-tools">
              <Maintenance door={door} onDone={reload} />
              {writesAll && <CopyDoor door={door} />}
            </div>
          )}
          <DoorEditor
            // What is wired grows the version too, and must not drop what was typed here.
            key={door ? JSON.stringify(doorDraft(door)) : NEW}
            door={door ?? null}
            writable={writable}
            deletable={writesAll}
            onSaved={onSaved}
            onReload={reload}
          />
          {door && !seesAll && <p className="quiet">Its readers, devices and wiring are for those who set up the whole site.</p>}
          {door && seesAll && <Hardware doorId={door.id} writable={writesAll} onChanged={reload} />}
        </>
      )}
    </EditorPage>
  );
}

interface DoorEditorProps extends WritingProps {
  door: DoorSettingsFragment | null;
  writable: boolean;
  deletable: boolean;
}

function DoorEditor({ door, writable, deletable, ...writing }: DoorEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("doors", DOOR_FIELDS, writing);
  const [before] = useState(() => (door === null ? NEW_DOOR : doorDraft(door)));
  const [draft, setDraft] = useState(before);
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));

  const submit = (): Promise<void> =>
    save(door === null ? "create" : "change", async () => {
      if (door === null) {
        const { name, kind } = doorInput(draft);
        const input = { ...doorChanges(NEW_DOOR, draft), name, kind };
        const { payload, problems } = await send(api, CreateDoorDocument, { input });
        return { problems, id: payload?.door?.id ?? null };
      }
      const input = { id: door.id, expectedVersion: door.version, ...doorChanges(before, draft) };
      return { problems: (await send(api, UpdateDoorDocument, { input })).problems, id: door.id };
    });

  const parts = { draft, change, problems: saving.problems.fields };
  return (
    <Editor
      saving={saving}
      action={door === null ? "Create the door" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("doors")}
      onReload={writing.onReload}
      removal={
        door === null || !deletable
          ? undefined
          : {
              name: door.name,
              consequence: "Its readers, devices and wiring go with it; its events stay. A door in use cannot be deleted.",
              remove: async () =>
                (await send(api, DeleteDoorDocument, { id: door.id, expectedVersion: door.version })).problems,
              onRemoved: () => openConfiguration("doors"),
            }
      }
    >
      <Basics {...parts} floor={door?.kind === "FLOOR"} />
      <Times {...parts} />
      <Alarms {...parts} />
      {draft.kind !== "MONITORING" && <Security {...parts} />}
    </Editor>
  );
}
