import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import {
  DeleteDoorDocument,
  type ElevatorRowFragment,
  RenameFloorDocument,
} from "../../gql/operations";
import { Confirm } from "../../ui/Confirm";
import { Dialog } from "../../ui/Dialog";
import { Text } from "../../ui/Text";
import type { WiredDevice } from "../doors/hardware-words";
import { Editor, Part } from "../Editor";
import { NameCell, Rows } from "../Page";
import { openConfiguration } from "../place";
import { useSaving } from "../saving";
import { AddFloor } from "./AddFloor";

interface FloorsProps {
  elevator: ElevatorRowFragment;
  /** The devices of the controller. */
  devices: readonly WiredDevice[];
  writable: boolean;
  onChanged: () => void;
}

/** The floors of an elevator; each is a door with settings of its own. */
export function Floors({ elevator, devices, writable, onChanged }: FloorsProps) {
  const [adding, setAdding] = useState(false);
  return (
    <Part
      title="Floors"
      end={
        writable && (
          <button type="button" onClick={() => setAdding(true)}>
            Add a floor
          </button>
        )
      }
    >
      <p className="quiet">Each floor is a door: its times, its identification and its relay are set there.</p>
      <Rows caption="Floors" columns={writable ? ["Floor", "What to do"] : ["Floor"]}>
        {elevator.floors.map((floor) => (
          <FloorRow key={floor.doorId} {...{ elevator, floor, writable, onChanged }} />
        ))}
      </Rows>
      {adding && <AddFloor elevator={elevator} devices={devices} onAdded={onChanged} onClose={() => setAdding(false)} />}
    </Part>
  );
}

interface FloorRowProps extends Pick<FloorsProps, "elevator" | "writable" | "onChanged"> {
  floor: ElevatorRowFragment["floors"][number];
}

function FloorRow({ elevator, floor, writable, onChanged }: FloorRowProps) {
  const api = useClient();
  const [asking, setAsking] = useState<"rename" | "delete" | null>(null);
  const last = elevator.floors.length === 1;
  const close = (): void => setAsking(null);
  const done = (): void => {
    close();
    onChanged();
  };
  return (
    <tr>
      <NameCell section="doors" id={floor.doorId} name={floor.name} />
      {writable && (
        <td>
          <span className="row-actions">
            <button type="button" aria-label={`Rename ${floor.name}`} onClick={() => setAsking("rename")}>
              Rename
            </button>
            <button type="button" className="danger" aria-label={`Delete ${floor.name}`} onClick={() => setAsking("delete")}>
              Delete
            </button>
          </span>
          {asking === "rename" && <RenameFloor floor={floor} onDone={done} onClose={close} />}
          {asking === "delete" && (
            <Confirm
              title={last ? `Delete ${elevator.name}?` : `Delete ${elevator.name} - ${floor.name}?`}
              action={last ? "Delete the elevator" : "Delete the floor"}
              onConfirm={async () => (await send(api, DeleteDoorDocument, { id: floor.doorId })).problems}
              onDone={last ? () => openConfiguration("elevators") : done}
              onReload={onChanged}
              onClose={close}
            >
              <p>
                {last
                  ? "It is the last floor: the elevator and the readers of its cab go with it."
                  : "Nobody can be let onto this floor any more. The readers of the cab stay."}{" "}
                Events stay.
              </p>
            </Confirm>
          )}
        </td>
      )}
    </tr>
  );
}

interface RenameFloorProps {
  floor: ElevatorRowFragment["floors"][number];
  onDone: () => void;
  onClose: () => void;
}

function RenameFloor({ floor, onDone, onClose }: RenameFloorProps) {
  const api = useClient();
  const saving = useSaving(["name"]);
  const [name, setName] = useState(floor.name);
  const submit = async (): Promise<void> => {
    const variables = { doorId: floor.doorId, name: name.trim() };
    if (await saving.run(async () => (await send(api, RenameFloorDocument, variables)).problems)) onDone();
  };
  return (
    <Dialog title={`Rename ${floor.name}`} onClose={onClose}>
      <Editor saving={saving} action="Rename the floor" writable onSubmit={submit} onCancel={onClose}>
        <Text
          label="Name"
          hint="Without the elevator’s."
          required
          value={name}
          onChange={setName}
          problem={saving.problems.fields.name}
        />
      </Editor>
    </Dialog>
  );
}
