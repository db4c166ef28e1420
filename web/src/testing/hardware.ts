import type { DeviceRowFragment, DoorHardwareFragment, ReaderSetupFragment } from "../gql/operations";

/** An OSDP reader on side A of the office, unless told otherwise. */
export function aReader(given: Partial<ReaderSetupFragment> = {}): ReaderSetupFragment {
  return {
    id: "r1",
    name: "Office in",
    doorId: "d1",
    side: "A",
    type: "OSDP",
    port: null,
    address: "",
    hasKeypad: null,
    pairsMobile: false,
    muster: false,
    ledControl: "SINGLE",
    tamperWhen: "OPEN",
    tamperDebounceMs: 0,
    supervision: "NONE",
    resistorOhm: null,
    version: 3,
    ...given,
  };
}

/** The device with the inputs and outputs of the office, unless told otherwise. */
export function aDevice(given: Partial<DeviceRowFragment> = {}): DeviceRowFragment {
  return {
    id: "v1",
    role: "DOOR_IO",
    doorId: "d1",
    doorName: "Office",
    readerId: null,
    readerName: null,
    port: "/dev/bus",
    address: 2,
    baud: 115_200,
    ...given,
  };
}

/** A door with one lock on its device and one sensor on the controller, unless told otherwise. */
export function aDoor(given: Partial<DoorHardwareFragment> = {}): DoorHardwareFragment {
  return {
    id: "d1",
    name: "Office",
    kind: "DOOR",
    controllerId: "k1",
    elevatorId: null,
    locks: [{ rank: "PRIMARY", deviceId: "v1", output: 0 }],
    inputs: [
      {
        purpose: "POSITION",
        side: null,
        deviceId: null,
        port: 4,
        activeWhen: "OPEN",
        debounceMs: 50,
        supervision: "NONE",
        resistorOhm: null,
        rex: null,
        emergency: null,
      },
    ],
    readers: [aReader()],
    version: 7,
    ...given,
  };
}
