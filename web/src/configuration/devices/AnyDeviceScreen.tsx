import { useCallback } from "react";

import { useWhole } from "../../api/use-whole";
import { type AnyDeviceFragment, AnyDevicesDocument } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { configurationHref, inConfiguration, NEW } from "../place";
import { useRefresh } from "../use-refresh";
import type { WritingProps } from "../use-writing";
import { DEVICE_KINDS, placeWords, STATES, stateOfDevice, titleOf } from "./device-words";
import { Users } from "./DeviceList";
import { GpioDevice } from "./GpioDevice";
import { NetworkDevice } from "./NetworkDevice";
import { NewDevice } from "./NewDevice";
import { WiegandDevice } from "./WiegandDevice";
import "../doors/doors.css";
import "./devices.css";

/** One device of any kind, or a new one. */
export function AnyDeviceScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({
    query: AnyDevicesDocument,
    complete: true,
    variables: { controllerId: null },
    requestPolicy: "cache-and-network",
    pause: id === NEW,
  });
  const askAgain = useCallback(() => {
    if (id !== NEW) ask({ requestPolicy: "network-only" });
  }, [id, ask]);
  useRefresh(askAgain);
  const device = data?.devices.find((each) => each.id === id);
  return (
    <EditorPage
      section="devices"
      title={id === NEW ? "New device" : device ? titleOf(device) : "Device"}
      error={error}
      state={id === NEW ? "found" : stateOf(data, device)}
    >
      {(onSaved) =>
        device ? (
          <>
            <DeviceFacts device={device} />
            <Settings device={device} writable={writable} onSaved={onSaved} onReload={askAgain} />
          </>
        ) : (
          <NewDevice writable={writable} />
        )
      }
    </EditorPage>
  );
}

function DeviceFacts({ device }: { device: AnyDeviceFragment }) {
  const { tone, word } = STATES[stateOfDevice(device)];
  return (
    <Part title="As it is now">
      <dl className="state-facts">
        <div>
          <dt>Status</dt>
          <dd>
            <Badge tone={tone} word={word} />
          </dd>
        </div>
        <div>
          <dt>Kind</dt>
          <dd>{DEVICE_KINDS[device.kind]}</dd>
        </div>
        <div>
          <dt>Controller</dt>
          <dd>{device.controllerName ?? "none"}</dd>
        </div>
        <div>
          <dt>Where</dt>
          <dd>{placeWords(device)}</dd>
        </div>
        <div>
          <dt>Used by</dt>
          <dd>
            <Users device={device} />
          </dd>
        </div>
      </dl>
    </Part>
  );
}

export interface DeviceSettingsProps extends WritingProps {
  device: AnyDeviceFragment;
  writable: boolean;
}

/** What is set on a device of its kind. */
function Settings(props: DeviceSettingsProps) {
  const { device } = props;
  switch (device.kind) {
    case "WIEGAND":
      return <WiegandDevice {...props} />;
    case "IP":
      return <NetworkDevice {...props} />;
    case "GPIO":
      return <GpioDevice {...props} />;
    case "OSDP":
      return (
        <p>
          <a className="button" href={configurationHref(inConfiguration("osdp", device.id))}>
            Its settings, keys and line
          </a>
        </p>
      );
  }
}
