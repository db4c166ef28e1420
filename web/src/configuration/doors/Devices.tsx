import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { DeleteDeviceDocument, type DeviceRowFragment } from "../../gql/operations";
import { Confirm } from "../../ui/Confirm";
import { Part } from "../Editor";
import { Cell, NameCell, Rows } from "../Page";
import { DeviceDialog } from "./DeviceDialog";
import { deviceWords } from "./hardware-words";

interface DevicesProps {
  /** The door that a new device with inputs and outputs is for; null: none can be added. */
  doorId: string | null;
  devices: readonly DeviceRowFragment[];
  writable: boolean;
  onChanged: () => void;
}

/** The OSDP devices of a door: its readers, and what has its inputs and outputs. */
export function Devices({ doorId, devices, writable, onChanged }: DevicesProps) {
  const [adding, setAdding] = useState(false);
  return (
    <Part
      title="OSDP devices"
      end={
        writable &&
        doorId !== null && (
          <button type="button" onClick={() => setAdding(true)}>
            Add inputs and outputs
          </button>
        )
      }
    >
      {devices.length === 0 && <p className="quiet">There is no OSDP device yet. That of a reader is added at the reader.</p>}
      {devices.length > 0 && (
        <Rows caption="OSDP devices" columns={["What it is", "Port", "Address", "Baud", "What to do"]}>
          {devices.map((device) => (
            <DeviceRow key={device.id} device={device} writable={writable} onChanged={onChanged} />
          ))}
        </Rows>
      )}
      {adding && doorId !== null && (
        <DeviceDialog doorId={doorId} reader={null} onAdded={onChanged} onClose={() => setAdding(false)} />
      )}
    </Part>
  );
}

interface DeviceRowProps {
  device: DeviceRowFragment;
  writable: boolean;
  onChanged: () => void;
}

function DeviceRow({ device, writable, onChanged }: DeviceRowProps) {
  const api = useClient();
  const [asking, setAsking] = useState(false);
  const { id, role, readerName, port, address, baud } = device;
  const close = (): void => setAsking(false);
  return (
    <tr>
      <NameCell section="osdp" id={id} name={role === "READER" ? `Reader ${readerName ?? ""}` : "Inputs and outputs"} />
      <Cell label="Port">{port}</Cell>
      <Cell label="Address">{address}</Cell>
      <Cell label="Baud">{baud}</Cell>
      <td>
        {writable && (
          <span className="row-actions">
            <button
              type="button"
              className="danger"
              aria-label={`Delete the device at ${port}, address ${address}`}
              onClick={() => setAsking(true)}
            >
              Delete
            </button>
          </span>
        )}
        {asking && (
          <Confirm
            title="Delete the OSDP device?"
            action="Delete the device"
            onConfirm={async () => (await send(api, DeleteDeviceDocument, { id })).problems}
            onDone={() => {
              close();
              onChanged();
            }}
            onReload={onChanged}
            onClose={close}
          >
            <p>{deviceWords(device)} is no longer spoken to. Its key is forgotten.</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}
