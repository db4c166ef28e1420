import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  AnyDevicesDocument,
  ControllerChoicesDocument,
  DeviceListDocument,
  ElevatorListDocument,
  type ElevatorRowFragment,
  RenameElevatorDocument,
} from "../../gql/operations";
import { Text } from "../../ui/Text";
import { Devices } from "../doors/Devices";
import { Readers } from "../doors/Readers";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { Floors } from "./Floors";
import { NewElevator } from "./NewElevator";
import "../doors/doors.css";

/** One elevator with its floors and what is in its cab, or a new elevator. */
export function ElevatorScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: ElevatorListDocument, complete: true, requestPolicy: "cache-and-network" });
  const elevator = data?.elevators.find((each) => each.id === id);
  const reload = (): void => ask({ requestPolicy: "network-only" });
  return (
    <EditorPage
      section="elevators"
      title={id === NEW ? "New elevator" : (elevator?.name ?? "Elevator")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, elevator)}
    >
      {(onSaved) =>
        elevator ? (
          <>
            <ElevatorEditor key={elevator.version} elevator={elevator} writable={writable} onSaved={onSaved} onReload={reload} />
            <Inside elevator={elevator} writable={writable} onChanged={reload} />
          </>
        ) : (
          <NewElevator writable={writable} onSaved={onSaved} onReload={reload} />
        )
      }
    </EditorPage>
  );
}

interface ElevatorEditorProps extends WritingProps {
  elevator: ElevatorRowFragment;
  writable: boolean;
}

function ElevatorEditor({ elevator, writable, ...writing }: ElevatorEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("elevators", ["name"], writing);
  const [name, setName] = useState(elevator.name);
  const [{ data }] = useWhole({ query: ControllerChoicesDocument });
  const controller = data?.controllers.find(({ id }) => id === elevator.controllerId);
  const submit = (): Promise<void> =>
    save("change", async () => {
      const variables = { id: elevator.id, name: name.trim(), expectedVersion: elevator.version };
      return { problems: (await send(api, RenameElevatorDocument, variables)).problems, id: elevator.id };
    });
  return (
    <Editor
      saving={saving}
      action="Save"
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("elevators")}
      onReload={writing.onReload}
    >
      <Part title="Elevator">
        <Text
          label="Name"
          hint="It goes before the name of each floor."
          required
          value={name}
          onChange={setName}
          problem={saving.problems.fields.name}
        />
        <p className="quiet">
          Its controller is {controller?.name ?? elevator.controllerId}. An elevator is deleted with its last floor.
        </p>
      </Part>
    </Editor>
  );
}

interface InsideProps {
  elevator: ElevatorRowFragment;
  writable: boolean;
  onChanged: () => void;
}

/** The floors, and the readers of the cab with their devices. */
function Inside({ elevator, writable, onChanged }: InsideProps) {
  const { controllerId, floors, readers } = elevator;
  const [{ data }, ask] = useWhole({
    query: DeviceListDocument,
    complete: true,
    variables: { controllerId },
    requestPolicy: "cache-and-network",
  });
  const [{ data: any }, askAny] = useWhole({
    query: AnyDevicesDocument,
    complete: true,
    variables: { controllerId },
    requestPolicy: "cache-and-network",
  });
  const osdp = data?.osdpDevices ?? [];
  const devices = [...osdp, ...(any?.devices ?? []).filter(({ kind }) => kind !== "OSDP")];
  const readerIds = new Set(readers.map(({ id }) => id));
  const reload = (): void => {
    ask({ requestPolicy: "network-only" });
    askAny({ requestPolicy: "network-only" });
    onChanged();
  };
  return (
    <div className="hardware">
      <Floors elevator={elevator} devices={devices} writable={writable} onChanged={reload} />
      {floors[0] && (
        <Readers doorId={floors[0].doorId} readers={readers} devices={devices} inCab writable={writable} onChanged={reload} />
      )}
      <Devices
        doorId={null}
        devices={osdp.filter(({ readerId }) => readerId !== null && readerIds.has(readerId))}
        writable={writable}
        onChanged={reload}
      />
    </div>
  );
}
