import type {
  AnyDeviceFragment,
  ControllerRowFragment,
  ControllerSettingsFragment,
  FramingChoiceFragment,
  GpioSetupFragment,
  NetworkSetupFragment,
  WiegandSetupFragment,
} from "../gql/operations";

/** A Wiegand reader of the office, unless told otherwise. */
export function anyDevice(given: Partial<AnyDeviceFragment> = {}): AnyDeviceFragment {
  return {
    id: "w1",
    kind: "WIEGAND",
    name: "In",
    controllerId: "k1",
    controllerName: "House",
    port: "/dev/converter",
    number: 3,
    doorId: "d1",
    doorName: "Office",
    readerId: "r1",
    readerName: "Office in",
    readerType: "WIEGAND",
    hasWires: false,
    inputCount: null,
    outputCount: null,
    online: true,
    uses: [],
    ...given,
  };
}

/** Pins of the controller with the lock of the office and a lamp, unless told otherwise. */
export function anyPins(given: Partial<AnyDeviceFragment> = {}): AnyDeviceFragment {
  return anyDevice({
    id: "g1",
    kind: "GPIO",
    name: "Pins",
    port: "/dev/gpiochip0",
    number: null,
    doorId: null,
    doorName: null,
    readerId: null,
    readerName: null,
    readerType: null,
    hasWires: true,
    inputCount: 2,
    outputCount: 1,
    online: false,
    uses: [
      { doorId: "d1", name: "Office", locks: 1, inputs: 2 },
      { doorId: null, name: "Lamp", locks: 1, inputs: 0 },
    ],
    ...given,
  });
}

/** A camera that reads plates, unless told otherwise. */
export function anyNetworkDevice(given: Partial<AnyDeviceFragment> = {}): AnyDeviceFragment {
  return anyDevice({
    id: "n1",
    kind: "IP",
    name: "Gate camera",
    port: "",
    number: null,
    readerId: "r2",
    readerName: "Gate",
    readerType: "PLATE_CAMERA",
    online: null,
    ...given,
  });
}

export function aWiegandSetup(given: Partial<WiegandSetupFragment> = {}): WiegandSetupFragment {
  return {
    version: 4,
    id: "w1",
    controllerId: "k1",
    doorId: "d1",
    readerId: "r1",
    port: "/dev/converter",
    baud: 9600,
    framing: "channel-lines",
    channel: 3,
    keypad: "BURST_8",
    pinFacility: null,
    pinDigits: 4,
    ...given,
  };
}

export function aFraming(given: Partial<FramingChoiceFragment> = {}): FramingChoiceFragment {
  return {
    name: "channel-lines",
    title: "Lines with channel",
    description: "Channel, colon, bits.",
    example: "2:26:00220824*38\\r\\n",
    channels: 16,
    cardBits: null,
    loses: "",
    checked: true,
    feedback: true,
    tamper: true,
    heartbeat: null,
    ...given,
  };
}

export function aNetworkSetup(given: Partial<NetworkSetupFragment> = {}): NetworkSetupFragment {
  return {
    version: 4,
    id: "n1",
    name: "Gate camera",
    readerId: "r2",
    path: "/peripherals/n1",
    hasStream: false,
    region: { left: 0, top: 0, right: 100, bottom: 100 },
    minConfidence: 0.6,
    unsignedPlates: false,
    ...given,
  };
}

/** A pin and a measured line as inputs, and a pin as an output. */
export function aGpioSetup(given: Partial<GpioSetupFragment> = {}): GpioSetupFragment {
  const none = { pin: null, activeLow: null, bias: null, converter: null, channel: null, pullUpOhm: null, supplyMv: null };
  return {
    version: 4,
    id: "g1",
    name: "Pins",
    controllerId: "k1",
    chip: "/dev/gpiochip0",
    inputs: [
      { ...none, pin: 4, activeLow: true, bias: "PULL_UP" },
      { ...none, converter: "iio:device0", channel: 1, pullUpOhm: 4700, supplyMv: 3300 },
    ],
    outputs: [{ pin: 17, activeLow: true }],
    ...given,
  };
}

/** A controller that is enrolled and connected, unless told otherwise. */
export function aController(given: Partial<ControllerRowFragment> = {}): ControllerRowFragment {
  return {
    version: 4,
    id: "k2",
    name: "Annexe",
    embedded: false,
    enrolled: true,
    connected: true,
    connectedAt: "2026-11-20T08:00:00Z",
    lastContactAt: "2026-11-21T08:00:00Z",
    address: "10.0.0.5",
    software: "0.1.0",
    policyVersion: 12,
    sitePolicyVersion: 14,
    storedSequence: 2000,
    backlog: 0,
    clockOffsetMs: -120,
    roundTripMs: 3,
    journalProblem: "",
    certificateExpiresAt: "2027-01-30T08:00:00Z",
    codeExpiresAt: null,
    ...given,
  };
}

export function controllerSettings(given: Partial<ControllerSettingsFragment> = {}): ControllerSettingsFragment {
  return {
    version: 4,
    journalEvents: 1_000_000,
    journalKeeps: "P120D",
    aloneAlarm: "P3D",
    staleAfter: null,
    trustsClock: false,
    ...given,
  };
}
