import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  ControllerChoicesDocument,
  CreateGpioDocument,
  DeleteDeviceDocument,
  GpioDevicesDocument,
  type GpioSetupFragment,
  UpdateGpioDocument,
} from "../../gql/operations";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { openConfiguration } from "../place";
import { useSaving } from "../saving";
import { useWriting, type WritingProps } from "../use-writing";
import type { DeviceSettingsProps } from "./AnyDeviceScreen";
import { type GpioDraft, gpioDraft, gpioFields, linesInput, ofLines } from "./gpio-draft";
import { GpioLines } from "./GpioFields";

/** Pins of a controller's own. */
export function GpioDevice({ device, writable, onSaved, onReload }: DeviceSettingsProps) {
  const [{ data }, ask] = useWhole({ query: GpioDevicesDocument, complete: true, requestPolicy: "cache-and-network" });
  const setup = data?.gpioDevices.find(({ id }) => id === device.id);
  if (!setup) return null;
  const reload = (): void => {
    ask({ requestPolicy: "network-only" });
    onReload();
  };
  return <GpioEditor key={JSON.stringify(setup)} setup={setup} writable={writable} onSaved={onSaved} onReload={reload} />;
}

interface GpioEditorProps extends WritingProps {
  setup: GpioSetupFragment;
  writable: boolean;
}

function GpioEditor({ setup, writable, ...writing }: GpioEditorProps) {
  const api = useClient();
  const [draft, setDraft] = useState(() => gpioDraft(setup));
  const { saving, save } = useWriting("devices", gpioFields(draft), writing);
  const change = (part: Partial<GpioDraft>): void => setDraft((was) => ({ ...was, ...part }));
  const { id } = setup;
  const submit = (): Promise<void> =>
    save("change", async () => {
      const input = { id, expectedVersion: setup.version, name: draft.name.trim(), ...linesInput(draft) };
      return { problems: ofLines((await send(api, UpdateGpioDocument, { input })).problems, draft), id };
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
        consequence: "The controller lets go of its pins. Refused while a lock or an input is on one of them.",
        remove: async () => (await send(api, DeleteDeviceDocument, { id, expectedVersion: setup.version })).problems,
        onRemoved: () => openConfiguration("devices"),
      }}
    >
      <Part title="Chip">
        <Text
          label="Name"
          required
          value={draft.name}
          onChange={(name) => change({ name })}
          problem={saving.problems.fields["name"]}
        />
        <p className="quiet">Its chip is {setup.chip}.</p>
      </Part>
      <GpioLines draft={draft} change={change} problems={saving.problems.fields} />
    </Editor>
  );
}

interface NewGpioProps {
  writable: boolean;
  onAdded: (id: string | null) => void;
  onCancel: () => void;
}

/** Uses pins of a controller's own. */
export function NewGpio({ writable, onAdded, onCancel }: NewGpioProps) {
  const api = useClient();
  const [draft, setDraft] = useState<GpioDraft>({ name: "", inputs: [], outputs: [] });
  const [controllerId, setControllerId] = useState("");
  const [chip, setChip] = useState("/dev/gpiochip0");
  const saving = useSaving(gpioFields(draft));
  const [{ data }] = useWhole({ query: ControllerChoicesDocument });
  const change = (part: Partial<GpioDraft>): void => setDraft((was) => ({ ...was, ...part }));
  const { fields } = saving.problems;
  const submit = async (): Promise<void> => {
    let id: string | null = null;
    const added = await saving.run(async () => {
      const input = { controllerId, name: draft.name.trim(), chip: chip.trim(), ...linesInput(draft) };
      const { payload, problems } = await send(api, CreateGpioDocument, { input });
      id = payload?.device?.id ?? null;
      return ofLines(problems, draft);
    });
    if (added) onAdded(id);
  };
  return (
    <Editor saving={saving} action="Add the device" writable={writable} onSubmit={submit} onCancel={onCancel}>
      <Part title="Chip">
        <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields["name"]} />
        <div className="form-pair">
          <Select
            label="Controller"
            value={controllerId}
            options={[["", "Choose one"], ...(data?.controllers ?? []).map((each) => [each.id, each.name] as const)]}
            onChange={setControllerId}
            problem={fields["controllerId"]}
          />
          <Text
            label="Chip"
            hint="Its device file on the controller."
            required
            value={chip}
            onChange={setChip}
            problem={fields["chip"]}
          />
        </div>
      </Part>
      <GpioLines draft={draft} change={change} problems={fields} />
    </Editor>
  );
}
