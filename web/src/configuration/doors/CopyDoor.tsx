import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import { ControllerChoicesDocument, CopyDoorDocument, type DoorSettingsFragment } from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Editor } from "../Editor";
import { openConfiguration } from "../place";
import { useSaving } from "../saving";

/** Creates a door with all the settings of this one and none of its hardware. */
export function CopyDoor({ door }: { door: DoorSettingsFragment }) {
  const api = useClient();
  const saving = useSaving(["name", "controllerId", "hubAddress", "lockAddress"]);
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState("");
  const [controllerId, setControllerId] = useState(door.controllerId ?? "");
  const [{ data }] = useWhole({ query: ControllerChoicesDocument });
  const [hubAddress, setHubAddress] = useState("");
  const [lockAddress, setLockAddress] = useState("");
  const { fields } = saving.problems;
  const submit = async (): Promise<void> => {
    let copyId: string | null = null;
    const copied = await saving.run(async () => {
      const variables = { id: door.id, name: name.trim(), controllerId: controllerId || null, hubAddress, lockAddress };
      const { payload, problems } = await send(api, CopyDoorDocument, variables);
      copyId = payload?.door?.id ?? null;
      return problems;
    });
    if (copied) openConfiguration("doors", copyId);
  };
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        Copy…
      </button>
      {asking && (
        <Dialog title={`Copy ${door.name}`} onClose={() => setAsking(false)}>
          <Editor saving={saving} action="Create the copy" writable onSubmit={submit} onCancel={() => setAsking(false)}>
            <p>All settings are copied, but no readers, devices or wiring.</p>
            <Text label="Name of the copy" required value={name} onChange={setName} problem={fields.name} />
            <Select
              label="Controller of the copy"
              value={controllerId}
              options={[["", "None"], ...(data?.controllers ?? []).map((each) => [each.id, each.name] as const)]}
              onChange={setControllerId}
              problem={fields.controllerId}
            />
            {door.kind === "WIRELESS" && (
              <>
                <Text label="Hub of the copy" value={hubAddress} onChange={setHubAddress} problem={fields.hubAddress} />
                <Text label="Lock of the copy" value={lockAddress} onChange={setLockAddress} problem={fields.lockAddress} />
              </>
            )}
          </Editor>
        </Dialog>
      )}
    </>
  );
}
