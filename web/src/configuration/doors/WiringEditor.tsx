import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { type DoorHardwareFragment, SetDoorWiringDocument } from "../../gql/operations";
import { Editor, Part } from "../Editor";
import { useSaving } from "../saving";
import { INPUTS_OF, LOCKS_OF, PURPOSES, terminals as terminalsOf, type WiredDevice } from "./hardware-words";
import { InputFields, LockFields } from "./WireFields";
import {
  type InputDraft,
  missingPurposes,
  newInput,
  ofWires,
  type WiringDraft,
  wiringDraft,
  wiringFields,
  wiringInput,
  withLock,
} from "./wiring-draft";

interface WiringEditorProps {
  door: DoorHardwareFragment;
  /** The devices of the door's controller. */
  devices: readonly WiredDevice[];
  writable: boolean;
  onSaved: () => void;
  onReload: () => void;
}

/** The locks and inputs of a door, saved all at once. */
export function WiringEditor({ door, devices, writable, onSaved, onReload }: WiringEditorProps) {
  const api = useClient();
  const [draft, setDraft] = useState(() => wiringDraft(door));
  const saving = useSaving(wiringFields(draft));
  const change = (part: Partial<WiringDraft>): void => setDraft((was) => ({ ...was, ...part }));
  const changeInput = (at: number, part: Partial<InputDraft>): void =>
    change({ inputs: draft.inputs.map((each, place) => (place === at ? { ...each, ...part } : each)) });
  const missing = missingPurposes(door.kind, draft);
  const terminals = terminalsOf(devices);

  const submit = async (): Promise<void> => {
    const variables = { id: door.id, expectedVersion: door.version, ...wiringInput(draft) };
    if (await saving.run(async () => ofWires((await send(api, SetDoorWiringDocument, variables)).problems))) onSaved();
  };

  return (
    <Editor
      saving={saving}
      action="Save the wiring"
      cancel="Undo the changes of the wiring"
      writable={writable}
      onSubmit={submit}
      onCancel={() => setDraft(wiringDraft(door))}
      onReload={onReload}
    >
      <Part title="Locks and inputs">
        {LOCKS_OF[door.kind].map((rank) => {
          const at = draft.locks.findIndex((each) => each.rank === rank);
          return (
            <LockFields
              key={rank}
              rank={rank}
              lock={draft.locks[at] ?? null}
              terminals={terminals}
              onChange={(lock) => change({ locks: withLock(draft.locks, rank, lock) })}
              problem={(field) => saving.problems.fields[`locks.${at}.${field}`]}
            />
          );
        })}
        {draft.inputs.map((input, at) => (
          <InputFields
            // Inputs have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            key={at}
            number={at + 1}
            input={input}
            purposes={missing}
            terminals={terminals}
            onChange={(part) => changeInput(at, part)}
            onRemove={() => change({ inputs: draft.inputs.filter((_, place) => place !== at) })}
            problem={(field) => saving.problems.fields[`inputs.${at}.${field}`]}
          />
        ))}
        {INPUTS_OF[door.kind].length > 0 && (
          <div className="row-actions">
            {missing.map((purpose) => (
              <button key={purpose} type="button" onClick={() => change({ inputs: [...draft.inputs, newInput(purpose)] })}>
                Add: {PURPOSES[purpose].toLowerCase()}
              </button>
            ))}
          </div>
        )}
      </Part>
    </Editor>
  );
}
