import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, showScreen } from "../../testing/configuration";
import { aFraming, aNetworkSetup, anyDevice, anyPins, aWiegandSetup } from "../../testing/devices";
import { noDialogs } from "../../testing/dialog";
import { aDoor, aReader } from "../../testing/hardware";
import { Hardware } from "../doors/Hardware";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const KEY = "11".repeat(32);
const READERS = [
  aReader({ type: "WIEGAND", port: 0 }),
  aReader({ id: "r2", name: "Office out", side: "B", type: "WIEGAND", port: 1 }),
  aReader({ id: "r3", name: "Intercom", type: "IP", address: "10.0.0.7" }),
  aReader({ id: "r4", name: "Phones", type: "BLUETOOTH", address: "10.0.0.8" }),
];

function show(more: Answers = {}) {
  return showScreen(<Hardware doorId="d1" writable onChanged={vi.fn<() => void>()} />, {
    DoorHardware: {
      doorConfiguration: aDoor({ readers: READERS }),
      doorPorts: [{ kind: "OUTPUT", deviceId: "g1", number: "0", what: "primary lock" }],
    },
    DeviceList: { osdpDevices: [] },
    AnyDevices: { devices: [anyDevice(), anyPins()] },
    WiegandChoices: { wiegandFramings: [aFraming()], wiegandDevices: [aWiegandSetup()] },
    CreateWiegand: accepted({ device: aWiegandSetup({ id: "w9" }) }),
    CreateNetworkDevice: accepted({ device: aNetworkSetup({ id: "n9", path: "/peripherals/n9" }), key: KEY }),
    SetDoorWiring: accepted({ door: aDoor() }),
    ...more,
  });
}

const dialog = () => within(screen.getByRole("dialog"));

test("readers of every kind say where they are, or that their device is to be added", async () => {
  const { container } = show();
  const row = await screen.findByRole("row", { name: /^Office in A Wiegand, \/dev\/converter, channel 3/ });
  expect(within(row).getByRole("link", { name: "Device of Office in" })).toHaveAttribute("href", "#/configuration/devices/w1");
  expect(screen.getByRole("row", { name: /^Office out B Wiegand, reader port 1 To be added/ })).toBeDefined();
  expect(screen.getByRole("row", { name: /^Intercom A On the network .* To be added/ })).toBeDefined();
  expect(screen.queryByRole("button", { name: "Add the device of Phones" })).toBeNull();
  expect(screen.getByRole("row", { name: "primary lock Output 0 Pins (/dev/gpiochip0, 2 inputs, 1 output)" })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("a Wiegand reader gets its place on a converter at the door", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Add the device of Office out" }));
  await userEvent.type(dialog().getByLabelText(/^Serial port/), "/dev/converter");
  await userEvent.selectOptions(await dialog().findByLabelText("Framing"), "Lines with channel (channel-lines)");
  expect(await faultsOf(screen.getByRole("dialog"))).toEqual([]);
  await userEvent.click(dialog().getByText("Add the device"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("CreateWiegand")).toMatchObject({ input: { readerId: "r2", port: "/dev/converter", framing: "channel-lines" } });
});

test("an intercom gets its device at the door, and the key stays until it is taken", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Add the device of Intercom" }));
  expect(dialog().getByLabelText(/^Name/)).toHaveValue("Intercom");
  await userEvent.click(dialog().getByText("Add the device"));
  expect(await dialog().findByTestId("network-key")).toHaveTextContent(KEY);
  expect(sent("CreateNetworkDevice")).toMatchObject({ input: { readerId: "r3", name: "Intercom", streamUrl: "" } });
  await userEvent.click(dialog().getByText("I have set it on the device"));
  expect(screen.queryByText(KEY)).toBeNull();
});

test("a lock and an input are wired to pins of the controller", async () => {
  const { sent } = show();
  const pins = "Pins (/dev/gpiochip0, 2 inputs, 1 output)";
  await screen.findAllByText(pins);
  await userEvent.selectOptions(screen.getByLabelText("Primary lock: wired to"), pins);
  await userEvent.selectOptions(screen.getByLabelText("Input 1: wired to"), pins);
  expect(within(screen.getByLabelText("Input 1: wired to")).queryByText(/converter/)).toBeNull();
  await userEvent.click(screen.getByText("Save the wiring"));
  expect(await screen.findByText("The wiring is saved.")).toBeDefined();
  expect(sent("SetDoorWiring")).toMatchObject({ locks: [{ deviceId: "g1" }], inputs: [{ deviceId: "g1" }] });
});
