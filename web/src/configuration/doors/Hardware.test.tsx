import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { DoorHardwareFragment, ReaderType } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { aDevice, aDoor, aReader } from "../../testing/hardware";
import { Hardware } from "./Hardware";
import { NEW_READER, readerDraft, readerInput } from "./reader-draft";
import { missingPurposes, wiringDraft, wiringInput } from "./wiring-draft";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const READERS_DEVICE = aDevice({ id: "v2", role: "READER", readerId: "r1", readerName: "Office in", address: 1, baud: 9600 });
const ELSEWHERE = aDevice({ id: "v3", doorId: "d2", doorName: "Store", port: "/dev/far" });
const KEY = "00112233445566778899aabbccddeeff";

interface Shown {
  door?: DoorHardwareFragment;
  answers?: Answers;
  writable?: boolean;
}

function show({ door = aDoor(), answers = {}, writable = true }: Shown = {}) {
  const onChanged = vi.fn<() => void>();
  const shown = showScreen(<Hardware doorId="d1" writable={writable} onChanged={onChanged} />, {
    DoorHardware: {
      doorConfiguration: door,
      doorPorts: [{ kind: "OUTPUT", deviceId: "v1", number: "0", what: "primary lock" }],
    },
    DeviceList: { osdpDevices: [aDevice(), READERS_DEVICE, ELSEWHERE] },
    CreateReader: accepted({ reader: aReader() }),
    UpdateReader: accepted({ reader: aReader() }),
    DeleteReader: accepted({ deletedId: "r1" }),
    CreateDevice: accepted({ device: aDevice(), key: null }),
    DeleteDevice: accepted({ deletedId: "v1" }),
    SetDoorWiring: accepted({ door }),
    ...answers,
  });
  return { ...shown, onChanged };
}

const dialog = () => within(screen.getByRole("dialog"));

test("readers, devices and wiring are shown by their names, and are accessible", async () => {
  const { container } = show();
  expect(await screen.findByRole("row", { name: /Office in A OSDP, \/dev\/bus, address 1 not known/ })).toBeDefined();
  const devices = within(screen.getByRole("table", { name: "OSDP devices" }));
  expect(devices.getByRole("row", { name: /Reader Office in \/dev\/bus 1 9600/ })).toBeDefined();
  expect(devices.queryByText("/dev/far")).toBeNull();
  expect(
    screen.getByRole("row", { name: "primary lock Output 0 Office, inputs and outputs (/dev/bus, address 2)" }),
  ).toBeDefined();
  expect(screen.getByLabelText("Primary lock: wired to")).toHaveValue("v1");
  expect(screen.getByLabelText("Input 1: port")).toHaveValue(4);
  expect(await faultsOf(container)).toEqual([]);
});

test("a Wiegand reader is added on side B with all that only it has", async () => {
  const { sent, onChanged } = show();
  await userEvent.click(await screen.findByText("Add a reader on side B"));
  await userEvent.type(dialog().getByLabelText(/^Name/), "Office out");
  await userEvent.selectOptions(dialog().getByLabelText("Type"), "Wiegand");
  await userEvent.type(dialog().getByLabelText("Reader port of the controller"), "2");
  await userEvent.selectOptions(dialog().getByLabelText("Keypad"), "It has none");
  await userEvent.selectOptions(dialog().getByLabelText("Light"), "One wire for red, one for green");
  await userEvent.selectOptions(dialog().getByLabelText("Tamper: supervision"), "Serial first: two equal resistors");
  await userEvent.type(dialog().getByLabelText("Tamper: each resistor, ohm"), "4700");
  expect(await faultsOf(screen.getByRole("dialog"))).toEqual([]);
  await userEvent.click(dialog().getByText("Add the reader"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("CreateReader")).toEqual({
    input: {
      doorId: "d1",
      name: "Office out",
      side: "B",
      type: "WIEGAND",
      port: 2,
      address: "",
      hasKeypad: false,
      pairsMobile: false,
      muster: false,
      ledControl: "DUAL",
      tamperWhen: "OPEN",
      tamperDebounceMs: 0,
      supervision: "SERIAL",
      resistorOhm: 4700,
    },
  });
  expect(onChanged).toHaveBeenCalledOnce();
});

test("a reader is changed against the version that was seen; a refusal stands at its field", async () => {
  const { sent } = show({ answers: { UpdateReader: refused("CONFLICT", "A device is wired to it.", "type") } });
  await userEvent.click(await screen.findByRole("button", { name: "Change Office in" }));
  await userEvent.selectOptions(dialog().getByLabelText("Type"), "Bluetooth");
  await userEvent.type(dialog().getByLabelText("Address on the network"), "10.0.0.9");
  await userEvent.click(dialog().getByLabelText(/^Phones are paired/));
  await userEvent.click(dialog().getByText("Save the reader"));
  await vi.waitFor(() => expect(dialog().getByLabelText("Type")).toHaveAccessibleDescription("A device is wired to it."));
  expect(sent("UpdateReader")).toMatchObject({
    input: { id: "r1", expectedVersion: 3, type: "BLUETOOTH", address: "10.0.0.9", pairsMobile: true },
  });
});

test("a reader is deleted after a question, and why it cannot be is said there", async () => {
  const message = "A lock of Store is on this device. Rewire that door first.";
  const { sent } = show({ answers: { DeleteReader: refused("CONFLICT", message, "id") } });
  await userEvent.click(await screen.findByRole("button", { name: "Delete Office in" }));
  await userEvent.click(dialog().getByText("Delete the reader"));
  expect(await dialog().findByText(message)).toBeDefined();
  expect(sent("DeleteReader")).toEqual({ id: "r1", expectedVersion: 3 });
});

test("a reader's formats and PINs are one step away", async () => {
  show();
  const link = await screen.findByRole("link", { name: "Formats and PINs of Office in" });
  expect(link).toHaveAttribute("href", "#/configuration/readers/r1");
});

test("an OSDP reader without its device gets one, and the key that was made is shown once", async () => {
  const { sent } = show({
    answers: {
      DeviceList: { osdpDevices: [aDevice()] },
      CreateDevice: accepted({ device: READERS_DEVICE, key: KEY }),
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Add the device of Office in" }));
  await userEvent.type(dialog().getByLabelText(/^Serial port/), "/dev/bus");
  await userEvent.clear(dialog().getByLabelText("Address, 0 to 126"));
  await userEvent.type(dialog().getByLabelText("Address, 0 to 126"), "1");
  expect(dialog().queryByLabelText("Output of the primary lock")).toBeNull();
  await userEvent.selectOptions(dialog().getByLabelText("Its key"), "One is made and shown once, to be set on the device");
  await userEvent.click(dialog().getByText("Add the device"));
  expect(await dialog().findByTestId("device-key")).toHaveTextContent(KEY);
  expect(sent("CreateDevice")?.["input"]).toMatchObject({ doorId: "d1", readerId: "r1", address: 1, key: null, deriveKey: false });
  await userEvent.click(dialog().getByText("I have set it on the device"));
  expect(screen.queryByText(KEY)).toBeNull();
});

test("unless somebody wants it otherwise, a device is given its key later and nobody sees it", async () => {
  const { sent } = show();
  const devices = within(await screen.findByRole("table", { name: "OSDP devices" }));
  expect(devices.getByRole("link", { name: "Reader Office in" })).toHaveAttribute("href", "#/configuration/osdp/v2");
  await userEvent.click(screen.getByText("Add inputs and outputs"));
  await userEvent.type(dialog().getByLabelText(/^Serial port/), "/dev/io");
  expect(dialog().getByText(/follow “Give it its first key”/)).toBeDefined();
  await userEvent.click(dialog().getByText("Add the device"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("CreateDevice")?.["input"]).toMatchObject({ key: null, deriveKey: true });
});

test("inputs and outputs are added with a key that is entered, and a wrong one is said at the key", async () => {
  const { sent } = show({ answers: { CreateDevice: refused("VALIDATION", "32 digits, please.", "key") } });
  await userEvent.click(await screen.findByText("Add inputs and outputs"));
  await userEvent.type(dialog().getByLabelText(/^Serial port/), "/dev/io");
  await userEvent.selectOptions(dialog().getByLabelText("Its key"), "It has one already, which I enter");
  await userEvent.type(dialog().getByLabelText(/^Secure-channel key/), "00 11");
  await userEvent.click(dialog().getByText("Add the device"));
  await vi.waitFor(() => expect(dialog().getByLabelText(/^Secure-channel key/)).toBeInvalid());
  expect(sent("CreateDevice")?.["input"]).toMatchObject({ readerId: null, key: "0011", strikeOutput: 0, rexInput: 1 });
});

test("a device in use stays, and the answer says by what it is used", async () => {
  const message = "A lock or an input of Office is on this device. Rewire that door first.";
  const { sent } = show({ answers: { DeleteDevice: refused("CONFLICT", message, "id") } });
  await userEvent.click(await screen.findByRole("button", { name: "Delete the device at /dev/bus, address 2" }));
  await userEvent.click(dialog().getByText("Delete the device"));
  expect(await dialog().findByText(message)).toBeDefined();
  expect(sent("DeleteDevice")).toEqual({ id: "v1" });
});

test("locks and inputs are saved all at once, and the chart is asked for again", async () => {
  const { sent, asked } = show();
  await userEvent.click(await screen.findByLabelText("Secondary lock"));
  await userEvent.type(screen.getByLabelText("Secondary lock: output"), "1");
  await userEvent.click(screen.getByText("Add: request to exit"));
  await userEvent.selectOptions(screen.getByLabelText("Input 2: wired to"), "Store, inputs and outputs (/dev/far, address 2)");
  await userEvent.type(screen.getByLabelText("Input 2: port"), "5");
  await userEvent.selectOptions(screen.getByLabelText("Input 2: what it does"), "It only keeps the opening from being forced");
  await userEvent.click(screen.getByText("Add: emergency input"));
  await userEvent.type(screen.getByLabelText("Input 3: port"), "6");
  await userEvent.selectOptions(screen.getByLabelText("Input 3: what it does"), "It locks the door");
  await userEvent.selectOptions(screen.getByLabelText("Input 3: supervision"), "Serial first: two equal resistors");
  await userEvent.type(screen.getByLabelText("Input 3: each resistor, ohm"), "1000");
  const before = asked.filter(({ operationName }) => operationName === "DoorHardware").length;
  await userEvent.click(screen.getByText("Save the wiring"));
  expect(await screen.findByText("The wiring is saved.")).toBeDefined();
  const plain = { side: null, rex: null, emergency: null, resistorOhm: null, supervision: "NONE" };
  expect(sent("SetDoorWiring")).toEqual({
    id: "d1",
    expectedVersion: 7,
    locks: [
      { rank: "PRIMARY", deviceId: "v1", output: 0 },
      { rank: "SECONDARY", deviceId: null, output: 1 },
    ],
    inputs: [
      { ...plain, purpose: "POSITION", deviceId: null, port: 4, activeWhen: "OPEN", debounceMs: 50 },
      { ...plain, purpose: "REX", deviceId: "v3", port: 5, activeWhen: "CLOSED", debounceMs: 0, side: "B", rex: "NONE" },
      {
        ...plain,
        purpose: "EMERGENCY",
        deviceId: null,
        port: 6,
        activeWhen: "CLOSED",
        debounceMs: 0,
        emergency: "LOCK",
        supervision: "SERIAL",
        resistorOhm: 1000,
      },
    ],
  });
  expect(asked.filter(({ operationName }) => operationName === "DoorHardware").length).toBeGreaterThan(before);
});

test("what is wrong with a wire stands at that wire", async () => {
  const taken = "Input 5 has the position contact of Store.";
  show({ answers: { SetDoorWiring: refused("CONFLICT", taken, "inputs", "1", "port") } });
  await userEvent.click(await screen.findByText("Add: request to exit"));
  await userEvent.type(screen.getByLabelText("Input 2: port"), "5");
  await userEvent.click(screen.getByText("Save the wiring"));
  await vi.waitFor(() => expect(screen.getByLabelText("Input 2: port")).toHaveAccessibleDescription(taken));
  expect(screen.getByLabelText("Input 1: port")).toBeValid();
  await vi.waitFor(() => expect(screen.getByLabelText("Input 2: port")).toHaveFocus());
});

test("an outdated wiring can be loaded again", async () => {
  const message = "Somebody else has changed this meanwhile.";
  const { onChanged } = show({ answers: { SetDoorWiring: refused("CONFLICT", message, "expectedVersion") } });
  await userEvent.click(await screen.findByText("Save the wiring"));
  await userEvent.click(await screen.findByText("Load it again and drop my changes"));
  expect(onChanged).toHaveBeenCalledOnce();
});

test("an input is removed, and changes of the wiring can be undone", async () => {
  show();
  await userEvent.click(await screen.findByText("Remove input 1"));
  expect(screen.queryByLabelText("Input 1: port")).toBeNull();
  await userEvent.click(screen.getByText("Undo the changes of the wiring"));
  expect(screen.getByLabelText("Input 1: port")).toHaveValue(4);
});

test("a provisioned door has no hardware, a floor no side B and one relay", async () => {
  const { container } = show({ door: aDoor({ kind: "PROVISIONED", controllerId: null, locks: [], inputs: [], readers: [] }) });
  expect(await within(container).findByText(/has no hardware yet/)).toBeDefined();
  show({ door: aDoor({ kind: "FLOOR", inputs: [] }) });
  expect(await screen.findByText("Readers in the cab")).toBeDefined();
  expect(screen.queryByText("Add a reader on side B")).toBeNull();
  expect(screen.queryByLabelText("Secondary lock")).toBeNull();
  expect(screen.queryByText("Add: request to exit")).toBeNull();
});

test("who may not write sees it all and can change nothing", async () => {
  const { container } = show({ writable: false });
  expect(await screen.findByLabelText("Primary lock: output")).toBeDisabled();
  const buttons = within(container).getAllByRole("button");
  expect(buttons.filter((button) => !button.matches(":disabled")).map((button) => button.textContent)).toEqual(["Print"]);
});

test("drafts say all that the server says", () => {
  const { id: _id, doorId: _doorId, version: _version, ...settings } = aReader({ type: "WIEGAND", port: 3, hasKeypad: true });
  expect(readerInput(readerDraft({ ...aReader(), ...settings }))).toEqual(settings);
  const door = aDoor();
  expect(wiringInput(wiringDraft(door))).toEqual({ locks: door.locks, inputs: door.inputs });
});

test.each<[ReaderType, object]>([
  ["OSDP", { port: null, address: "", ledControl: "SINGLE", pairsMobile: false }],
  ["IP", { port: null, address: "10.0.0.9", pairsMobile: false }],
  ["BLUETOOTH", { address: "10.0.0.9", pairsMobile: true }],
  ["PLATE_CAMERA", { address: "10.0.0.9", hasKeypad: false }],
])("a reader of type %s says only what it has", (type, expected) => {
  const typed = { ...NEW_READER, port: "3", address: "10.0.0.9", ledControl: "DUAL", pairsMobile: true } as const;
  expect(readerInput({ ...typed, type })).toMatchObject(expected);
});

test("only requests to exit may be several", () => {
  expect(missingPurposes("DOOR", wiringDraft(aDoor()))).toEqual(["REX", "EMERGENCY", "TAMPER"]);
  expect(missingPurposes("MONITORING", wiringDraft(aDoor()))).toEqual([]);
});
