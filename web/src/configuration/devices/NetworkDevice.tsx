import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  DeleteNetworkDeviceDocument,
  NetworkDevicesDocument,
  type NetworkSetupFragment,
  type ReaderType,
  UpdateNetworkDeviceDocument,
} from "../../gql/operations";
import { Editor, Part } from "../Editor";
import { openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import type { DeviceSettingsProps } from "./AnyDeviceScreen";
import { missingStream, NETWORK_FIELDS, networkDraft, updateInput } from "./network-draft";
import { NetworkFields } from "./NetworkFields";
import { NetworkKeys } from "./NetworkKeys";
import { ReaderOfDevice } from "./ReaderOfDevice";

/** A reader, intercom or camera on the network: what is set on it, and its keys. */
export function NetworkDevice({ device, writable, onSaved, onReload }: DeviceSettingsProps) {
  const [{ data }, ask] = useWhole({ query: NetworkDevicesDocument, complete: true, requestPolicy: "cache-and-network" });
  const setup = data?.ipDevices.find(({ id }) => id === device.id);
  const type = device.readerType ?? "IP";
  const reload = (): void => {
    ask({ requestPolicy: "network-only" });
    onReload();
  };
  if (!setup) return null;
  return (
    <>
      <NetworkEditor key={settingsKey(setup)} setup={setup} type={type} writable={writable} onSaved={onSaved} onReload={reload} />
      <NetworkKeys setup={setup} type={type} writable={writable} onChanged={reload} />
      <ReaderOfDevice device={device} writable={writable} onChanged={reload} />
    </>
  );
}

/** What the form begins anew with: a new key must not drop what was typed. */
function settingsKey({ name, hasStream, region, minConfidence }: NetworkSetupFragment): string {
  return JSON.stringify([name, hasStream, region, minConfidence]);
}

interface NetworkEditorProps extends WritingProps {
  setup: NetworkSetupFragment;
  type: ReaderType;
  writable: boolean;
}

function NetworkEditor({ setup, type, writable, ...writing }: NetworkEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("devices", NETWORK_FIELDS, writing);
  const [draft, setDraft] = useState(() => networkDraft(setup));
  const { id, hasStream } = setup;
  const submit = (): Promise<void> =>
    save("change", async () => {
      const missing = missingStream(draft, hasStream);
      if (missing.length > 0) return { problems: missing, id };
      const input = { id, expectedVersion: setup.version, ...updateInput(draft, type) };
      const { payload, problems } = await send(api, UpdateNetworkDeviceDocument, { input });
      if (payload) setDraft((was) => ({ ...was, streamUrl: "" }));
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
        name: setup.name,
        consequence: "Its key is forgotten, and nothing that it sends counts any more. The reader stays.",
        remove: async () => (await send(api, DeleteNetworkDeviceDocument, { id, expectedVersion: setup.version })).problems,
        onRemoved: () => openConfiguration("devices"),
      }}
    >
      <Part title="Settings">
        <NetworkFields
          draft={draft}
          change={(part) => setDraft((was) => ({ ...was, ...part }))}
          problems={saving.problems.fields}
          type={type}
          hadStream={hasStream}
        />
      </Part>
    </Editor>
  );
}
