import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  DeleteWiegandDocument,
  type FramingChoiceFragment,
  UpdateWiegandDocument,
  WiegandChoicesDocument,
  type WiegandSetupFragment,
} from "../../gql/operations";
import { Editor, Part } from "../Editor";
import { openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import type { DeviceSettingsProps } from "./AnyDeviceScreen";
import { ReaderOfDevice } from "./ReaderOfDevice";
import { WIEGAND_FIELDS, wiegandDraft, wiegandInput } from "./wiegand-draft";
import { WiegandFields } from "./WiegandFields";

/** A Wiegand reader on a converter: where it is reached, and what is the reader's own. */
export function WiegandDevice({ device, writable, onSaved, onReload }: DeviceSettingsProps) {
  const [{ data }, ask] = useWhole({ query: WiegandChoicesDocument, complete: true, requestPolicy: "cache-and-network" });
  const setup = data?.wiegandDevices.find(({ id }) => id === device.id);
  const reload = (): void => {
    ask({ requestPolicy: "network-only" });
    onReload();
  };
  if (!data || !setup) return null;
  return (
    <>
      <WiegandEditor
        key={JSON.stringify(setup)}
        setup={setup}
        framings={data.wiegandFramings}
        sharing={data.wiegandDevices.filter(
          ({ id, controllerId, port }) => id !== setup.id && controllerId === setup.controllerId && port === setup.port,
        )}
        writable={writable}
        onSaved={onSaved}
        onReload={reload}
      />
      <ReaderOfDevice device={device} writable={writable} onChanged={reload} />
    </>
  );
}

interface WiegandEditorProps extends WritingProps {
  setup: WiegandSetupFragment;
  framings: readonly FramingChoiceFragment[];
  /** The other readers of the same converter. */
  sharing: readonly WiegandSetupFragment[];
  writable: boolean;
}

function WiegandEditor({ setup, framings, sharing, writable, ...writing }: WiegandEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("devices", WIEGAND_FIELDS, writing);
  const [draft, setDraft] = useState(() => wiegandDraft(setup));
  const { id } = setup;
  const submit = (): Promise<void> =>
    save("change", async () => {
      const input = { id, expectedVersion: setup.version, ...wiegandInput(draft) };
      const { problems } = await send(api, UpdateWiegandDocument, { input });
      return { problems, id };
    });
  return (
    <Editor
      saving={saving}
      action="Save"
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("devices")}
      removal={{
        name: "this device",
        consequence: "The reader stays, but nothing is read there until it is wired again.",
        remove: async () => (await send(api, DeleteWiegandDocument, { id, expectedVersion: setup.version })).problems,
        onRemoved: () => openConfiguration("devices"),
      }}
    >
      <Part title="Converter">
        {sharing.length > 0 && (
          <p className="quiet">
            {sharing.length === 1 ? "Another reader is" : `${sharing.length} other readers are`} on this converter: framing
            and baud change for all of them.
          </p>
        )}
        <WiegandFields
          draft={draft}
          change={(part) => setDraft((was) => ({ ...was, ...part }))}
          problems={saving.problems.fields}
          framings={framings}
        />
      </Part>
    </Editor>
  );
}
