import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  AddFloorDocument,
  ControllerChoicesDocument,
  type ElevatorRowFragment,
} from "../../gql/operations";
import { Dialog } from "../../ui/Dialog";
import type { WiredDevice } from "../doors/hardware-words";
import { Editor } from "../Editor";
import { useSaving } from "../saving";
import { fieldsOfFloors, floorInput, NEW_FLOOR, nextFloor, ofFloors } from "./floor-draft";
import { FloorFields } from "./FloorFields";

interface AddFloorProps {
  elevator: ElevatorRowFragment;
  devices: readonly WiredDevice[];
  /** A floor was added; the dialog stays open for the next. */
  onAdded: () => void;
  onClose: () => void;
}

/** Adds floors to an elevator, one after the other. */
export function AddFloor({ elevator, devices, onAdded, onClose }: AddFloorProps) {
  const api = useClient();
  const saving = useSaving(fieldsOfFloors(1));
  const [draft, setDraft] = useState(NEW_FLOOR);
  const [added, setAdded] = useState("");
  const [{ data }] = useWhole({ query: ControllerChoicesDocument });
  const submit = async (): Promise<void> => {
    const variables = { input: { elevatorId: elevator.id, ...floorInput(draft) } };
    const accepted = await saving.run(async () => ofFloors((await send(api, AddFloorDocument, variables)).problems, true));
    if (!accepted) return;
    setAdded(draft.name.trim());
    setDraft(nextFloor(draft));
    onAdded();
  };
  return (
    <Dialog title={`Add a floor to ${elevator.name}`} onClose={onClose}>
      <p className="saved" role="status">
        {added === "" ? "" : `${added} is added. Go on with the next floor, or close.`}
      </p>
      <Editor saving={saving} action="Add the floor" cancel="Close" writable onSubmit={submit} onCancel={onClose}>
        <FloorFields
          draft={draft}
          change={(part) => setDraft((was) => ({ ...was, ...part }))}
          devices={devices}
          profiles={data?.identificationProfiles ?? []}
          problem={(field) => saving.problems.fields[`floors.0.${field}`]}
        />
      </Editor>
    </Dialog>
  );
}
