import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ElevatorRowFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { aDevice, aReader } from "../../testing/hardware";
import { ElevatorList } from "./ElevatorList";
import { ElevatorScreen } from "./ElevatorScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const WEST: ElevatorRowFragment = {
  id: "e1",
  name: "West",
  controllerId: "k1",
  floors: [
    { doorId: "d1", name: "Ground" },
    { doorId: "d2", name: "Attic" },
  ],
  readers: [aReader({ name: "Cab" })],
  version: 4,
};
const RELAYS = aDevice({ id: "v1", doorName: "West - Ground" });
const CAB = aDevice({ id: "v2", role: "READER", readerId: "r1", readerName: "Cab", address: 1 });

function answers(elevator: ElevatorRowFragment, others: Answers): Answers {
  return {
    ElevatorList: { elevators: [elevator] },
    ControllerChoices: { controllers: [{ id: "k1", name: "House" }], identificationProfiles: [{ id: "pin", name: "PIN" }] },
    DeviceList: { osdpDevices: [RELAYS, CAB] },
    CreateElevator: accepted({ elevator }),
    RenameElevator: accepted({ elevator }),
    AddFloor: accepted({ elevator }),
    RenameFloor: accepted({ door: null }),
    DeleteDoor: accepted({ deletedId: "d1" }),
    CreateReader: accepted({ reader: aReader() }),
    ...others,
  };
}

function show(id = "e1", others: Answers = {}, elevator = WEST, writable = true) {
  return showScreen(<ElevatorScreen id={id} writable={writable} />, answers(elevator, others));
}

const dialog = () => within(screen.getByRole("dialog"));

test("the list says what each elevator has", async () => {
  const { container } = showScreen(<ElevatorList writable />, answers(WEST, {}));
  expect(await screen.findByRole("row", { name: "West House Ground, Attic Cab" })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("an elevator shows its floors, the readers of its cab and their devices", async () => {
  const { container } = show();
  expect(await screen.findByRole("link", { name: "Attic" })).toHaveAttribute("href", "#/configuration/doors/d2");
  expect(screen.getByRole("button", { name: "Change Cab" })).toBeDefined();
  const devices = within(await screen.findByRole("table", { name: "OSDP devices" }));
  expect(devices.getAllByRole("row")).toHaveLength(2);
  expect(screen.queryByText("Add inputs and outputs")).toBeNull();
  expect(await faultsOf(container)).toEqual([]);
});

test("an elevator is created with its floors; the relay of a floor may be on a device", async () => {
  const { sent, container } = show("new");
  await userEvent.type(screen.getByLabelText(/^Name/), "East");
  await screen.findByText("House");
  await userEvent.selectOptions(screen.getByLabelText("Controller"), "House");
  await userEvent.type(screen.getByLabelText(/^Floor 1: name/), "Ground");
  await userEvent.type(screen.getByLabelText("Floor 1: output of the relay"), "3");
  await screen.findAllByText(/^West - Ground, inputs and outputs/);
  await userEvent.selectOptions(screen.getByLabelText("Floor 1: relay wired to"), "v1");
  await userEvent.click(screen.getByText("Add a floor"));
  await userEvent.type(screen.getByLabelText(/^Floor 2: name/), "Attic");
  await userEvent.selectOptions(screen.getByLabelText("Floor 2: identification profile"), "PIN");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Create the elevator"));
  await vi.waitFor(() => expect(location.hash).toBe("#/configuration/elevators/e1"));
  expect(sent("CreateElevator")).toEqual({
    name: "East",
    controllerId: "k1",
    floors: [
      { name: "Ground", relayOutput: 3, relayDeviceId: "v1", accessTimeMs: 7000, profileId: null },
      { name: "Attic", relayOutput: null, relayDeviceId: null, accessTimeMs: 7000, profileId: "pin" },
    ],
  });
});

test("what is wrong with a floor stands at that floor", async () => {
  const taken = "Output 3 has the primary lock of Gate.";
  show("new", { CreateElevator: refused("CONFLICT", taken, "floors", "1", "locks", "0", "output") });
  await userEvent.click(screen.getByText("Add a floor"));
  await userEvent.click(screen.getByText("Create the elevator"));
  await vi.waitFor(() =>
    expect(screen.getByLabelText("Floor 2: output of the relay")).toHaveAccessibleDescription(`Empty: wired later. ${taken}`),
  );
  expect(screen.getByLabelText("Floor 1: output of the relay")).toBeValid();
});

test("floors are added one after the other", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByText("Add a floor"));
  await userEvent.type(dialog().getByLabelText(/^Name/), "Roof");
  await userEvent.type(dialog().getByLabelText("Output of the relay"), "5");
  await userEvent.click(dialog().getByText("Add the floor"));
  expect(await dialog().findByText("Roof is added. Go on with the next floor, or close.")).toBeDefined();
  expect(sent("AddFloor")).toEqual({
    input: { elevatorId: "e1", name: "Roof", relayOutput: 5, relayDeviceId: null, accessTimeMs: 7000, profileId: null },
  });
  expect(dialog().getByLabelText(/^Name/)).toHaveValue("");
  expect(dialog().getByLabelText("Output of the relay")).toHaveValue(null);
});

test("a relay that is taken is said at the relay of the floor that is added", async () => {
  show("e1", { AddFloor: refused("CONFLICT", "It is taken.", "locks", "0", "output") });
  await userEvent.click(await screen.findByText("Add a floor"));
  await userEvent.click(dialog().getByText("Add the floor"));
  await vi.waitFor(() => expect(dialog().getByLabelText("Output of the relay")).toBeInvalid());
});

test("the elevator and its floors are renamed", async () => {
  const { sent } = show();
  const name = await screen.findByLabelText(/^Name/);
  await userEvent.clear(name);
  await userEvent.type(name, "East");
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("RenameElevator")).toEqual({ id: "e1", name: "East", expectedVersion: 4 });
  await userEvent.click(screen.getByRole("button", { name: "Rename Attic" }));
  await userEvent.type(dialog().getByLabelText(/^Name/), "s");
  await userEvent.click(dialog().getByText("Rename the floor"));
  await vi.waitFor(() => expect(sent("RenameFloor")).toEqual({ doorId: "d2", name: "Attics" }));
});

test("a floor in use stays, and the answer says by what it is used", async () => {
  const message = "The door is used by access rule Staff. Take it out there first.";
  const { sent } = show("e1", { DeleteDoor: refused("CONFLICT", message, "id") });
  await userEvent.click(await screen.findByRole("button", { name: "Delete Attic" }));
  await userEvent.click(dialog().getByText("Delete the floor"));
  expect(await dialog().findByText(message)).toBeDefined();
  expect(sent("DeleteDoor")).toMatchObject({ id: "d2" });
});

test("with its last floor the elevator goes, and that is said before", async () => {
  show("e1", {}, { ...WEST, floors: [{ doorId: "d1", name: "Ground" }] });
  await userEvent.click(await screen.findByRole("button", { name: "Delete Ground" }));
  expect(dialog().getByText(/the elevator and the readers of its cab go with it/)).toBeDefined();
  await userEvent.click(dialog().getByText("Delete the elevator"));
  await vi.waitFor(() => expect(location.hash).toBe("#/configuration/elevators"));
});

test("a reader of the cab is added through the first floor, on side A", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByText("Add a reader"));
  expect(dialog().queryByLabelText("Where it is")).toBeNull();
  await userEvent.type(dialog().getByLabelText(/^Name/), "Second");
  await userEvent.click(dialog().getByText("Add the reader"));
  await vi.waitFor(() => expect(sent("CreateReader")).toMatchObject({ input: { doorId: "d1", name: "Second", side: "A" } }));
});

test("who may not write sees it all and can change nothing", async () => {
  show("e1", {}, WEST, false);
  expect(await screen.findByLabelText(/^Name/)).toBeDisabled();
  expect(screen.queryByRole("button")).toBeNull();
});
