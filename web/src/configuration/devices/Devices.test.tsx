import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { AnyDeviceFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import {
  aFraming,
  aGpioSetup,
  aNetworkSetup,
  anyDevice,
  anyNetworkDevice,
  anyPins,
  aWiegandSetup,
} from "../../testing/devices";
import { noDialogs } from "../../testing/dialog";
import { aDevice, aDoor, aReader } from "../../testing/hardware";
import { connectionWords, terminals } from "../doors/hardware-words";
import { NEW } from "../place";
import { DeviceList } from "./DeviceList";
import { AnyDeviceScreen } from "./AnyDeviceScreen";
import { gpioDraft, gpioFields, linesInput, ofLines } from "./gpio-draft";
import { createInput, networkDraft, updateInput } from "./network-draft";
import { waiting } from "./ReaderChoice";
import { framingWords, wiegandDraft, wiegandInput } from "./wiegand-draft";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const OSDP = anyDevice({
  id: "o1",
  kind: "OSDP",
  port: "/dev/bus",
  number: 2,
  readerId: null,
  readerName: null,
  readerType: null,
  controllerId: "k2",
  controllerName: "Annexe",
  hasWires: true,
  online: null,
});
const ALL = [anyDevice(), anyPins(), anyNetworkDevice(), OSDP];
const KEY = "00".repeat(32);
const WIEGAND_READER = aReader({ type: "WIEGAND", port: 0, ledControl: "DUAL", tamperDebounceMs: 50 });
const BITS = aFraming({ name: "bits", title: "Binary digits", channels: 1, checked: false, loses: "Nothing much." });

function answers(more: Answers = {}): Answers {
  return {
    AnyDevices: { devices: ALL },
    WiegandChoices: { wiegandFramings: [aFraming(), BITS], wiegandDevices: [aWiegandSetup()] },
    NetworkDevices: { ipDevices: [aNetworkSetup()] },
    GpioDevices: { gpioDevices: [aGpioSetup()] },
    DeviceReader: { doorConfiguration: aDoor({ readers: [WIEGAND_READER, aReader({ id: "r2", type: "PLATE_CAMERA" })] }) },
    ReadersToConnect: {
      doorConfigurations: [
        {
          id: "d1",
          name: "Office",
          readers: [
            { id: "r1", name: "Office in", type: "WIEGAND" },
            { id: "r5", name: "Office out", type: "WIEGAND" },
            { id: "r6", name: "Gate camera", type: "BARCODE_CAMERA" },
          ],
        },
      ],
      devices: [{ readerId: "r1" }, { readerId: null }],
    },
    ControllerChoices: { controllers: [{ id: "k1", name: "House" }], identificationProfiles: [] },
    CreateWiegand: accepted({ device: aWiegandSetup({ id: "w9" }) }),
    UpdateWiegand: accepted({ device: aWiegandSetup() }),
    DeleteWiegand: accepted({ deletedId: "w1" }),
    CreateNetworkDevice: accepted({ device: aNetworkSetup({ id: "n9", path: "/peripherals/n9" }), key: KEY }),
    UpdateNetworkDevice: accepted({ device: aNetworkSetup() }),
    ShowNetworkKey: accepted({ key: KEY, pushSecret: null }),
    RotateNetworkKey: accepted({ key: KEY }),
    AllowUnsignedPlates: accepted({ device: aNetworkSetup({ unsignedPlates: true }), pushSecret: "hush" }),
    CreateGpio: accepted({ device: aGpioSetup({ id: "g9" }) }),
    UpdateGpio: accepted({ device: aGpioSetup() }),
    DeleteDevice: accepted({ deletedId: "g1" }),
    UpdateReader: accepted({ reader: WIEGAND_READER }),
    ...more,
  };
}

const showList = (writable = true) => showScreen(<DeviceList writable={writable} />, answers());
const showOne = (id: string, more: Answers = {}, writable = true) =>
  showScreen(<AnyDeviceScreen id={id} writable={writable} />, answers(more));
const dialog = () => within(screen.getByRole("dialog"));
const rows = () => screen.getAllByRole("row").slice(1).map((row) => within(row).getByRole("rowheader").textContent);

test("devices of every kind are listed with where they are and what uses them, accessibly", async () => {
  const { container } = showList();
  expect(
    await screen.findByRole("row", { name: /^Reader Office in Wiegand House \/dev\/converter, channel 3 Office: reader Office in Online$/ }),
  ).toBeDefined();
  expect(screen.getByRole("row", { name: /^Pins .* Office: 1 lock, 2 inputs Lamp: auxiliary output Offline$/ })).toBeDefined();
  expect(screen.getByRole("row", { name: /^Gate camera On the network .* Not known$/ })).toBeDefined();
  expect(screen.getByRole("link", { name: "Office: 1 lock, 2 inputs" })).toHaveAttribute("href", "#/configuration/doors/d1");
  expect(await faultsOf(container)).toEqual([]);
});

test("the list is narrowed down by kind, controller and status", async () => {
  showList();
  await screen.findByRole("row", { name: /^Pins/ });
  await userEvent.selectOptions(screen.getByLabelText("Kind"), "OSDP");
  expect(rows()).toEqual(["Office, inputs and outputs"]);
  await userEvent.selectOptions(screen.getByLabelText("Kind"), "All");
  await userEvent.selectOptions(screen.getByLabelText("Status"), "Offline");
  expect(rows()).toEqual(["Pins"]);
  await userEvent.selectOptions(screen.getByLabelText("Controller"), "Annexe");
  expect(screen.getByText("There are no such devices.")).toBeDefined();
});

test("a Wiegand device shows its framing and what is its reader's own, and is changed", async () => {
  const { container, sent } = showOne("w1");
  expect(await screen.findByText("2:26:00220824*38\\r\\n")).toBeDefined();
  expect(await screen.findByText("one wire for red, one for green")).toBeDefined();
  expect(screen.getByText("50 ms")).toBeDefined();
  await userEvent.selectOptions(screen.getByLabelText("What the keypad sends"), "A whole PIN as a 26-bit card");
  await userEvent.type(screen.getByLabelText(/^Facility code of PINs/), "255");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  expect(await screen.findByText("Saved.")).toBeDefined();
  expect(sent("UpdateWiegand")).toEqual({
    input: {
      id: "w1",
      expectedVersion: 4,
      port: "/dev/converter",
      framing: "channel-lines",
      channel: 3,
      baud: 9600,
      keypad: "BUFFERED_26",
      pinFacility: 255,
      pinDigits: 4,
    },
  });
});

test("what the server refuses of a Wiegand device stands at its field", async () => {
  showOne("w1", { UpdateWiegand: refused("VALIDATION", "bits has channel 0 only.", "channel") });
  await userEvent.selectOptions(await screen.findByLabelText("Framing"), "Binary digits (bits)");
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(screen.getByLabelText("Channel of the converter")).toBeInvalid());
  await vi.waitFor(() => expect(screen.getByLabelText("Channel of the converter")).toHaveFocus());
});

test("who shares the converter is warned before its framing changes", async () => {
  const others = [aWiegandSetup(), aWiegandSetup({ id: "w2", channel: 4 }), aWiegandSetup({ id: "w3", port: "/dev/other" })];
  showOne("w1", { WiegandChoices: { wiegandFramings: [aFraming()], wiegandDevices: others } });
  expect(await screen.findByText(/^Another reader is on this converter/)).toBeDefined();
});

test("light and tamper of a Wiegand reader are changed from its device", async () => {
  const { sent } = showOne("w1");
  await userEvent.click(await screen.findByText("Change the reader"));
  await userEvent.selectOptions(dialog().getByLabelText("Light"), "One wire for both colours");
  await userEvent.click(dialog().getByText("Save the reader"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("UpdateReader")).toMatchObject({ input: { id: "r1", ledControl: "SINGLE", tamperDebounceMs: 50 } });
});

test("a Wiegand device is unwired after a question", async () => {
  const { sent } = showOne("w1");
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(dialog().getByText("Delete it"));
  await vi.waitFor(() => expect(location.hash).toBe("#/configuration/devices"));
  expect(sent("DeleteWiegand")).toEqual({ id: "w1", expectedVersion: 4 });
});

test("a new Wiegand device is offered the readers that have none", async () => {
  const { container, sent } = showOne(NEW);
  await screen.findByText("Office: Office out");
  expect(screen.queryByText("Office: Office in")).toBeNull();
  await userEvent.selectOptions(screen.getByLabelText("Reader"), "Office: Office out");
  await userEvent.type(screen.getByLabelText(/^Serial port/), "/dev/c");
  await userEvent.selectOptions(screen.getByLabelText("Framing"), "Binary digits (bits)");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Add the device"));
  await vi.waitFor(() => expect(location.hash).toBe("#/configuration/devices/w9"));
  expect(sent("CreateWiegand")).toMatchObject({ input: { readerId: "r5", port: "/dev/c", framing: "bits", pinFacility: null } });
});

test("a new camera gets a stream, and its key is shown with where it knocks", async () => {
  const { container, sent } = showOne(NEW);
  await userEvent.selectOptions(await screen.findByLabelText("Kind of device"), "On the network");
  await screen.findByText("Office: Gate camera");
  await userEvent.selectOptions(screen.getByLabelText("Reader"), "Office: Gate camera");
  await userEvent.type(screen.getByLabelText(/^Name/), "Gate");
  await userEvent.click(screen.getByLabelText(/^The controller reads QR codes/));
  await userEvent.click(screen.getByText("Add the device"));
  await vi.waitFor(() => expect(screen.getByLabelText("Address of the stream")).toBeInvalid());
  expect(sent("CreateNetworkDevice")).toBeUndefined();
  await userEvent.type(screen.getByLabelText("Address of the stream"), "rtsp://10.0.0.8/1");
  await userEvent.click(screen.getByText("Add the device"));
  expect(await screen.findByTestId("network-key")).toHaveTextContent(KEY);
  expect(screen.getByText("/peripherals/n9")).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
  expect(sent("CreateNetworkDevice")).toEqual({
    input: {
      readerId: "r6",
      name: "Gate",
      streamUrl: "rtsp://10.0.0.8/1",
      region: { left: 0, top: 0, right: 100, bottom: 100 },
      minConfidence: 0,
    },
  });
  await userEvent.click(screen.getByText("I have set it on the device"));
  await vi.waitFor(() => expect(location.hash).toBe("#/configuration/devices/n9"));
});

test("a plate camera is told how sure it must be", async () => {
  const { container, sent } = showOne("n1");
  const sure = await screen.findByLabelText("How sure the camera must be, per cent");
  expect(sure).toHaveValue(60);
  expect(screen.queryByLabelText(/^The controller reads QR codes/)).toBeNull();
  await userEvent.clear(sure);
  await userEvent.type(sure, "93");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateNetworkDevice")).toMatchObject({ input: { id: "n1", name: "Gate camera", minConfidence: 0.93 } });
});

test("a key is shown again after a question, and a new one says when the old one ends", async () => {
  const { sent } = showOne("n1");
  await userEvent.click(await screen.findByText("Show the key"));
  expect(sent("ShowNetworkKey")).toBeUndefined();
  await userEvent.click(dialog().getByRole("button", { name: "Show the key" }));
  expect(await dialog().findByTestId("network-key")).toHaveTextContent(KEY);
  await userEvent.click(dialog().getByText("Done"));
  expect(screen.queryByText(KEY)).toBeNull();
  await userEvent.click(screen.getByText("Make a new key"));
  await userEvent.selectOptions(dialog().getByLabelText("The old key ends"), "An hour later");
  await userEvent.click(dialog().getByRole("button", { name: "Make a new key" }));
  expect(await dialog().findByTestId("network-key")).toHaveTextContent(KEY);
  expect(sent("RotateNetworkKey")).toEqual({ id: "n1", grace: "PT1H" });
});

test("plates without a signature are allowed with a secret that is shown once", async () => {
  const { sent } = showOne("n1");
  await userEvent.click(await screen.findByText("Allow plates without a signature"));
  await userEvent.click(dialog().getByText("Make a secret"));
  expect(await dialog().findByTestId("plate-secret")).toHaveTextContent("hush");
  expect(await faultsOf(screen.getByRole("dialog"))).toEqual([]);
  expect(sent("AllowUnsignedPlates")).toEqual({ id: "n1", allowed: true });
});

test("allowed secrets are ended again", async () => {
  const { sent } = showOne("n1", {
    NetworkDevices: { ipDevices: [aNetworkSetup({ unsignedPlates: true })] },
    AllowUnsignedPlates: accepted({ device: aNetworkSetup(), pushSecret: null }),
  });
  await userEvent.click(await screen.findByText("Take signed plates only"));
  await userEvent.click(dialog().getByRole("button", { name: "Take signed plates only" }));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("AllowUnsignedPlates")).toEqual({ id: "n1", allowed: false });
});

test("pins and measured lines are added and changed, and a problem stands at its line", async () => {
  const message = "A pin or a channel can be used once only.";
  const { container, sent } = showOne("g1", { UpdateGpio: refused("VALIDATION", message, "inputs", "2") });
  expect(await screen.findByLabelText("Input 0: pin")).toHaveValue(4);
  expect(screen.getByLabelText("Input 1: supply, mV")).toHaveValue(3300);
  await userEvent.click(screen.getByText("Add a pin"));
  await userEvent.type(screen.getByLabelText("Input 2: pin"), "4");
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(screen.getByLabelText("Input 2: pin")).toHaveAccessibleDescription(expect.stringContaining(message)));
  expect(await faultsOf(container)).toEqual([]);
  expect(sent("UpdateGpio")).toEqual({
    input: {
      id: "g1",
      expectedVersion: 4,
      name: "Pins",
      inputs: [
        { pin: 4, activeLow: true, bias: "PULL_UP" },
        { converter: "iio:device0", channel: 1, pullUpOhm: 4700, supplyMv: 3300 },
        { pin: 4, activeLow: true, bias: "PULL_UP" },
      ],
      outputs: [{ pin: 17, activeLow: true }],
    },
  });
});

test("a pin that a lock is on stays, and the answer names the door", async () => {
  const message = "Output 0 is used by Office. Rewire that first.";
  showOne("g1", { UpdateGpio: refused("CONFLICT", message, "outputs") });
  await userEvent.click(await screen.findByText("Remove output 0"));
  expect(screen.queryByLabelText("Output 0: pin")).toBeNull();
  await userEvent.click(screen.getByText("Save"));
  expect(await screen.findByText(message)).toBeDefined();
});

test("pins of a controller are taken into use", async () => {
  const { container, sent } = showOne(NEW);
  await userEvent.selectOptions(await screen.findByLabelText("Kind of device"), "Pins of the controller");
  await userEvent.type(screen.getByLabelText(/^Name/), "Barrier");
  await screen.findByText("House");
  await userEvent.selectOptions(screen.getByLabelText("Controller"), "House");
  await userEvent.click(screen.getByText("Add a measured line"));
  await userEvent.click(screen.getByText("Add an output"));
  await userEvent.type(screen.getByLabelText("Output 0: pin"), "17");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Add the device"));
  await vi.waitFor(() => expect(location.hash).toBe("#/configuration/devices/g9"));
  expect(sent("CreateGpio")).toEqual({
    input: {
      controllerId: "k1",
      name: "Barrier",
      chip: "/dev/gpiochip0",
      inputs: [{ converter: "iio:device0", channel: 0, pullUpOhm: 4700, supplyMv: 3300 }],
      outputs: [{ pin: 17, activeLow: false }],
    },
  });
});

test("an OSDP device leads to its page among the OSDP lines", async () => {
  showOne("o1");
  expect(await screen.findByText("Its settings, keys and line")).toHaveAttribute("href", "#/configuration/osdp/o1");
});

test("who may only look can change nothing", async () => {
  showOne("n1", {}, false);
  expect(await screen.findByLabelText(/^Name/)).toBeDisabled();
  expect(screen.queryByText("Show the key")).toBeNull();
  expect(screen.queryByText("Change the reader")).toBeNull();
});

test("drafts say all that the server says", () => {
  const wiegand = aWiegandSetup({ keypad: "BUFFERED_26", pinFacility: 12, pinDigits: 5 });
  expect(wiegand).toMatchObject(wiegandInput(wiegandDraft(wiegand)));
  const { inputs, outputs } = linesInput(gpioDraft(aGpioSetup()));
  expect(aGpioSetup()).toMatchObject({ inputs, outputs });
  const network = aNetworkSetup({ hasStream: true, region: { left: 1, top: 2, right: 3, bottom: 4 } });
  expect(network).toMatchObject(updateInput(networkDraft(network), "PLATE_CAMERA"));
});

test("an address of a stream that was not typed anew stays; without a stream it goes", () => {
  const draft = networkDraft(aNetworkSetup({ hasStream: true }));
  expect(updateInput(draft, "IP")).not.toHaveProperty("streamUrl");
  expect(updateInput({ ...draft, streams: false }, "IP")).toMatchObject({ streamUrl: "", minConfidence: 0 });
  expect(createInput({ ...draft, streamUrl: " rtsp://x " }, "IP")).toMatchObject({ streamUrl: "rtsp://x" });
});

test("a problem of a whole line stands at its first field", () => {
  const draft = gpioDraft(aGpioSetup());
  const problem = (...path: string[]) => ofLines([{ code: "VALIDATION", message: "", path }], draft)[0]?.path;
  expect(problem("inputs", "1")).toEqual(["inputs.1.converter"]);
  expect(problem("input", "outputs", "0")).toEqual(["outputs.0.pin"]);
  expect(problem("inputs", "0", "pin")).toEqual(["inputs.0.pin"]);
  expect(problem("inputs")).toEqual(["inputs"]);
  expect(gpioFields(draft)).toContain("inputs.1.converter");
});

test("readers of a cab wait once, though every floor names them", () => {
  const readers = [{ id: "r", name: "Cab", type: "IP" as const }];
  const doorConfigurations = ["1", "2"].map((id) => ({ id, name: `Floor ${id}`, readers }));
  expect(waiting({ doorConfigurations, devices: [] }, ["IP"])).toEqual([["r", "Floor 1: Cab"]]);
});

test("a framing says what it can and cannot do", () => {
  expect(framingWords(aFraming()).join(" ")).toBe(
    "Cards of 1 to 256 bits. Up to 16 readers. With a checksum. Drives the reader’s light and buzzer. Tells tampering. Counts as online while its port is open.",
  );
  const poor = aFraming({ channels: 1, cardBits: 26, checked: false, feedback: false, tamper: false, heartbeat: "PT1S", loses: "Parity." });
  expect(framingWords(poor).at(-1)).toBe("Parity.");
});

test("locks and inputs may be wired to OSDP devices and to pins, not to what has none", () => {
  const others: AnyDeviceFragment[] = [anyDevice(), anyPins(), anyNetworkDevice()];
  expect(terminals([aDevice(), ...others]).map(([, words]) => words)).toEqual([
    "The controller",
    "Office, inputs and outputs (/dev/bus, address 2)",
    "Pins (/dev/gpiochip0, 2 inputs, 1 output)",
  ]);
  expect(connectionWords(WIEGAND_READER, anyDevice())).toBe("Wiegand, /dev/converter, channel 3");
});
