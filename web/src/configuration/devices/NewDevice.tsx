import { useState } from "react";

import type { DeviceKind } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { configurationHref, inConfiguration, openConfiguration } from "../place";
import { DEVICE_KINDS } from "./device-words";
import { NewGpio } from "./GpioDevice";
import { NewNetworkDevice } from "./NewNetworkDevice";
import { NewWiegand } from "./NewWiegand";

const KINDS = (Object.keys(DEVICE_KINDS) as DeviceKind[]).map((kind) => [kind, DEVICE_KINDS[kind]] as const);

/** A device of a kind that is chosen first. */
export function NewDevice({ writable }: { writable: boolean }) {
  const [kind, setKind] = useState<DeviceKind>("WIEGAND");
  const shared = {
    writable,
    onAdded: (id: string | null) => openConfiguration("devices", id),
    onCancel: () => openConfiguration("devices"),
  };
  return (
    <>
      <Select label="Kind of device" value={kind} options={KINDS} onChange={setKind} />
      {kind === "WIEGAND" && <NewWiegand readerId={null} {...shared} />}
      {kind === "IP" && (
        <NewNetworkDevice reader={null} {...shared} onAdded={() => undefined} onDone={shared.onAdded} />
      )}
      {kind === "GPIO" && <NewGpio {...shared} />}
      {kind === "OSDP" && (
        <p>
          An OSDP device is added at <a href={configurationHref(inConfiguration("doors"))}>the door</a> that it serves, with
          its bus, its address and its key.
        </p>
      )}
    </>
  );
}
