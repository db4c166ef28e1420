import { useCallback, useState } from "react";

import { useWhole } from "../../api/use-whole";
import { type AnyDeviceFragment, AnyDevicesDocument, type DeviceKind } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Select } from "../../ui/Select";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { configurationHref, inConfiguration } from "../place";
import { useRefresh } from "../use-refresh";
import { DEVICE_KINDS, placeWords, type State, STATES, stateOfDevice, titleOf, usersOf } from "./device-words";
import "./devices.css";

const ALL = "";

interface Narrowing {
  kind: DeviceKind | typeof ALL;
  controllerId: string;
  state: State | typeof ALL;
}

/** Every device of every kind, with where it is, what uses it and whether it is there. */
export function DeviceList({ writable }: { writable: boolean }) {
  const [narrowing, setNarrowing] = useState<Narrowing>({ kind: ALL, controllerId: ALL, state: ALL });
  const [{ data, error }, ask] = useWhole({
    query: AnyDevicesDocument,
    variables: { controllerId: null },
    requestPolicy: "cache-and-network",
  });
  useRefresh(useCallback(() => ask({ requestPolicy: "network-only" }), [ask]));
  const devices = data?.devices;
  const found = devices?.filter((device) => isWanted(device, narrowing));
  return (
    <ListPage
      section="devices"
      create={writable ? "New device" : undefined}
      error={error}
      count={found?.length}
      empty={devices?.length === 0 ? "There are no devices yet." : "There are no such devices."}
      tools={
        <Narrow
          devices={devices ?? []}
          narrowing={narrowing}
          change={(part) => setNarrowing((was) => ({ ...was, ...part }))}
        />
      }
    >
      <Rows caption="Devices" columns={["Device", "Kind", "Controller", "Where", "Used by", "Status"]}>
        {found?.map((device) => (
          <DeviceRow key={device.id} device={device} />
        ))}
      </Rows>
    </ListPage>
  );
}

function isWanted(device: AnyDeviceFragment, { kind, controllerId, state }: Narrowing): boolean {
  return (
    (kind === ALL || device.kind === kind) &&
    (controllerId === ALL || device.controllerId === controllerId) &&
    (state === ALL || stateOfDevice(device) === state)
  );
}

interface NarrowProps {
  devices: readonly AnyDeviceFragment[];
  narrowing: Narrowing;
  change: (part: Partial<Narrowing>) => void;
}

function Narrow({ devices, narrowing, change }: NarrowProps) {
  const controllers = new Map(devices.map(({ controllerId, controllerName }) => [controllerId ?? ALL, controllerName ?? ""]));
  controllers.delete(ALL);
  return (
    <search className="inline-fields narrow">
      <Select
        label="Kind"
        value={narrowing.kind}
        options={[[ALL, "All"], ...(Object.keys(DEVICE_KINDS) as DeviceKind[]).map((kind) => [kind, DEVICE_KINDS[kind]] as const)]}
        onChange={(kind) => change({ kind })}
      />
      <Select
        label="Controller"
        value={narrowing.controllerId}
        options={[[ALL, "All"], ...controllers]}
        onChange={(controllerId) => change({ controllerId })}
      />
      <Select
        label="Status"
        value={narrowing.state}
        options={[[ALL, "All"], ...(Object.keys(STATES) as State[]).map((state) => [state, STATES[state].word] as const)]}
        onChange={(state) => change({ state })}
      />
    </search>
  );
}

function DeviceRow({ device }: { device: AnyDeviceFragment }) {
  const { tone, word } = STATES[stateOfDevice(device)];
  return (
    <tr>
      <NameCell section="devices" id={device.id} name={titleOf(device)} />
      <Cell label="Kind">{DEVICE_KINDS[device.kind]}</Cell>
      <Cell label="Controller">{device.controllerName ?? "none"}</Cell>
      <Cell label="Where">
        <span className="device-place">{placeWords(device)}</span>
      </Cell>
      <Cell label="Used by">
        <Users device={device} />
      </Cell>
      <Cell label="Status">
        <Badge tone={tone} word={word} />
      </Cell>
    </tr>
  );
}

/** What uses a device, with the way to each door. */
export function Users({ device }: { device: AnyDeviceFragment }) {
  const users = usersOf(device);
  if (users.length === 0) return "nothing yet";
  return (
    <ul className="users">
      {users.map(({ words, doorId }) => (
        <li key={words}>
          {doorId === null ? words : <a href={configurationHref(inConfiguration("doors", doorId))}>{words}</a>}
        </li>
      ))}
    </ul>
  );
}
