import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import { AnyDevicesDocument, ControllerChoicesDocument, CreateElevatorDocument, DeviceListDocument } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { type FloorDraft, fieldsOfFloors, floorInput, NEW_FLOOR, nextFloor, ofFloors } from "./floor-draft";
import { FloorFields } from "./FloorFields";

interface NewElevatorProps extends WritingProps {
  writable: boolean;
}

/** An elevator with its first floors. */
export function NewElevator({ writable, ...writing }: NewElevatorProps) {
  const api = useClient();
  const [name, setName] = useState("");
  const [controllerId, setControllerId] = useState("");
  const [floors, setFloors] = useState<readonly FloorDraft[]>([NEW_FLOOR]);
  const { saving, save } = useWriting("elevators", ["name", "controllerId", ...fieldsOfFloors(floors.length)], writing);
  const [{ data }] = useWhole({ query: ControllerChoicesDocument });
  const [{ data: found }] = useWhole({
    query: DeviceListDocument,
    variables: { controllerId },
    pause: controllerId === "",
  });
  const [{ data: any }] = useWhole({ query: AnyDevicesDocument, variables: { controllerId }, pause: controllerId === "" });
  const others = (any?.devices ?? []).filter(({ kind }) => kind !== "OSDP");
  const devices = controllerId === "" ? [] : [...(found?.osdpDevices ?? []), ...others];
  const { fields } = saving.problems;

  const choose = (chosen: string): void => {
    setControllerId(chosen);
    setFloors(floors.map((floor) => ({ ...floor, relayDeviceId: "" })));
  };
  const submit = (): Promise<void> =>
    save("create", async () => {
      const variables = { name: name.trim(), controllerId, floors: floors.map(floorInput) };
      const { payload, problems } = await send(api, CreateElevatorDocument, variables);
      return { problems: ofFloors(problems, false), id: payload?.elevator?.id ?? null };
    });

  return (
    <Editor
      saving={saving}
      action="Create the elevator"
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("elevators")}
    >
      <Part title="Elevator">
        <Text label="Name" required value={name} onChange={setName} problem={fields["name"]} />
        <Select
          label="Controller"
          hint="All floors and readers hang on it."
          value={controllerId}
          options={[["", "Choose one"], ...(data?.controllers ?? []).map((each) => [each.id, each.name] as const)]}
          onChange={choose}
          problem={fields["controllerId"]}
        />
      </Part>
      <Part
        title="Floors"
        end={
          <button type="button" onClick={() => setFloors([...floors, nextFloor(floors.at(-1) ?? NEW_FLOOR)])}>
            Add a floor
          </button>
        }
      >
        <p className="quiet">Readers of the cab are added afterwards; they serve every floor.</p>
        {floors.map((floor, at) => (
          // Floors that are not there yet have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at} className="nested" role="group" aria-label={`Floor ${at + 1}`}>
            <FloorFields
              of={`Floor ${at + 1}`}
              draft={floor}
              change={(part) => setFloors(floors.map((each, place) => (place === at ? { ...each, ...part } : each)))}
              devices={devices}
              profiles={data?.identificationProfiles ?? []}
              problem={(field) => fields[`floors.${at}.${field}`]}
            />
            {floors.length > 1 && (
              <div>
                <button type="button" onClick={() => setFloors(floors.filter((_, place) => place !== at))}>
                  Remove floor {at + 1}
                </button>
              </div>
            )}
          </div>
        ))}
      </Part>
    </Editor>
  );
}
