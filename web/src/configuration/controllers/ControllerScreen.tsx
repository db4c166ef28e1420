import { useCallback, useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  ControllerListDocument,
  type ControllerRowFragment,
  type ControllerSettingsFragment,
  CreateControllerDocument,
  DeleteControllerDocument,
  RenameControllerDocument,
} from "../../gql/operations";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useRefresh } from "../use-refresh";
import { useWriting, type WritingProps } from "../use-writing";
import { ControllerFacts } from "./ControllerFacts";
import { Trust } from "./Trust";
import "./controllers.css";

/** One controller: how it is now, its name, and how it comes to be trusted; or a new one. */
export function ControllerScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: ControllerListDocument, complete: true, requestPolicy: "cache-and-network" });
  const askAgain = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  useRefresh(askAgain);
  const controller = data?.controllers.find((each) => each.id === id);
  return (
    <EditorPage
      section="controllers"
      title={id === NEW ? "New controller" : (controller?.name ?? "Controller")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, controller)}
    >
      {(onSaved) => (
        <>
          {data && controller && <Now controller={controller} site={data.site} writable={writable} onChanged={askAgain} />}
          {controller?.embedded === true ? (
            <p className="quiet">It runs inside the server: its name is fixed, it is not enrolled, and it cannot be deleted.</p>
          ) : (
            <ControllerEditor
              key={controller ? `${controller.name} ${controller.version}` : NEW}
              controller={controller ?? null}
              writable={writable}
              onSaved={onSaved}
              onReload={askAgain}
            />
          )}
        </>
      )}
    </EditorPage>
  );
}

interface NowProps {
  controller: ControllerRowFragment;
  site: ControllerSettingsFragment;
  writable: boolean;
  onChanged: () => void;
}

function Now({ controller, site, writable, onChanged }: NowProps) {
  return (
    <>
      <ControllerFacts controller={controller} site={site} />
      {writable && !controller.embedded && <Trust controller={controller} onChanged={onChanged} />}
    </>
  );
}

interface ControllerEditorProps extends WritingProps {
  /** Null: a new one. */
  controller: ControllerRowFragment | null;
  writable: boolean;
}

function ControllerEditor({ controller, writable, ...writing }: ControllerEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("controllers", ["name"], writing);
  const [name, setName] = useState(controller?.name ?? "");
  const submit = (): Promise<void> =>
    save(controller === null ? "create" : "change", async () => {
      if (controller === null) {
        const { payload, problems } = await send(api, CreateControllerDocument, { name: name.trim() });
        return { problems, id: payload?.controller?.id ?? null };
      }
      const { id, version: expectedVersion } = controller;
      const renamed = await send(api, RenameControllerDocument, { id, name: name.trim(), expectedVersion });
      return { problems: renamed.problems, id };
    });
  return (
    <Editor
      saving={saving}
      action={controller === null ? "Create the controller" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("controllers")}
      removal={
        controller === null
          ? undefined
          : {
              name: controller.name,
              consequence:
                "It may not connect any more, and what its journal holds and the server does not have is lost. " +
                "Its events that are here stay. A controller with doors, elevators or devices cannot be deleted.",
              remove: async () =>
                (await send(api, DeleteControllerDocument, { id: controller.id, expectedVersion: controller.version })).problems,
              onRemoved: () => openConfiguration("controllers"),
            }
      }
    >
      <Part title="Controller">
        <Text
          label="Name"
          hint="As people here call the place: Annexe, Car park."
          required
          value={name}
          onChange={setName}
          problem={saving.problems.fields.name}
        />
        {controller === null && (
          <p className="quiet">
            It runs on a computer of its own beside its doors, and connects to this server by itself. The code by which it
            does so for the first time is issued next.
          </p>
        )}
      </Part>
    </Editor>
  );
}
