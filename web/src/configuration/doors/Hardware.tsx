import { useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../../api/client";
import { useWhole } from "../../api/use-whole";
import { AnyDevicesDocument, DeviceListDocument, DoorHardwareDocument } from "../../gql/operations";
import { Devices } from "./Devices";
import { INPUTS_OF, WITH_READERS } from "./hardware-words";
import { Readers } from "./Readers";
import { Wiring } from "./Wiring";
import { WiringEditor } from "./WiringEditor";

interface HardwareProps {
  doorId: string;
  writable: boolean;
  /** Something was changed: what the door warns of may be another now. */
  onChanged: () => void;
}

/** Readers, devices, locks and inputs of a door, and the list of it all to print. */
export function Hardware({ doorId, writable, onChanged }: HardwareProps) {
  const [wired, setWired] = useState(false);
  const [{ data, error }, askDoor] = useQuery({
    query: DoorHardwareDocument,
    variables: { id: doorId },
    requestPolicy: "cache-and-network",
  });
  const door = data?.doorConfiguration;
  const controllerId = door?.controllerId ?? null;
  const [{ data: found }, askDevices] = useWhole({
    query: DeviceListDocument,
    variables: { controllerId },
    requestPolicy: "cache-and-network",
    pause: controllerId === null,
  });
  const [{ data: any }, askAny] = useWhole({
    query: AnyDevicesDocument,
    variables: { controllerId },
    requestPolicy: "cache-and-network",
    pause: controllerId === null,
  });
  const reload = (): void => {
    askDoor({ requestPolicy: "network-only" });
    if (controllerId !== null) {
      askDevices({ requestPolicy: "network-only" });
      askAny({ requestPolicy: "network-only" });
    }
    onChanged();
  };
  if (error)
    return (
      <p className="note-problem" role="alert">
        {sentenceOf(error)}
      </p>
    );
  if (!data || !door) return null;
  if (door.kind === "PROVISIONED")
    return <p className="quiet">A provisioned door has no hardware yet. Give it another kind and a controller first.</p>;

  const osdp = controllerId === null ? [] : (found?.osdpDevices ?? []);
  const others = controllerId === null ? [] : (any?.devices ?? []).filter(({ kind }) => kind !== "OSDP");
  const all = [...osdp, ...others];
  const readerIds = new Set(door.readers.map(({ id }) => id));
  const own = osdp.filter((device) => (device.readerId === null ? device.doorId === doorId : readerIds.has(device.readerId)));
  return (
    <div className="hardware" onInput={() => setWired(false)}>
      {WITH_READERS.includes(door.kind) && (
        <Readers
          doorId={doorId}
          readers={door.readers}
          devices={all}
          inCab={door.kind === "FLOOR"}
          writable={writable}
          onChanged={reload}
        />
      )}
      <Devices doorId={doorId} devices={own} writable={writable} onChanged={reload} />
      {INPUTS_OF[door.kind].length > 0 && (
        <WiringEditor
          key={door.version}
          door={door}
          devices={all}
          writable={writable}
          onReload={reload}
          onSaved={() => {
            setWired(true);
            reload();
          }}
        />
      )}
      <p className="saved" role="status">
        {wired ? "The wiring is saved." : ""}
      </p>
      <Wiring doorName={door.name} ports={data.doorPorts} devices={all} />
    </div>
  );
}
