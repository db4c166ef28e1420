import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { DoorSettingsFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { aDoor } from "../../testing/hardware";
import { doorDraft, doorInput } from "./door-draft";
import { DoorConfigurationList } from "./DoorConfigurationList";
import { DoorScreen } from "./DoorScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const OFFICE: DoorSettingsFragment = {
  id: "d1",
  name: "Office",
  kind: "DOOR",
  controllerId: "k1",
  hubAddress: "",
  lockAddress: "",
  accessTimeMs: 7000,
  longAccessTimeMs: 30_000,
  heldAfterMs: 20_000,
  longHeldAfterMs: 60_000,
  preAlarmMs: 0,
  relockOn: "CLOSE",
  relockDelayMs: 250,
  forcedAlarm: true,
  heldAlarm: true,
  rexUnlocks: true,
  hasPosition: true,
  maintenance: false,
  profileId: "card",
  twoPerson: null,
  doubleSwipeTimeoutMs: null,
  escortRequired: false,
  unlockScheduleIds: ["s1"],
  firstPerson: null,
  warnings: [],
  version: 7,
};

const PROFILES = [
  { id: "card", name: "Card" },
  { id: "pin", name: "PIN" },
];

function show(id = "d1", answers: Answers = {}, writable = true) {
  return showScreen(<DoorScreen id={id} writable={writable} />, {
    DoorSettings: { doorConfiguration: OFFICE },
    ControllerChoices: { controllers: [{ id: "k1", name: "House" }], identificationProfiles: PROFILES },
    ScheduleChoices: { schedules: [{ id: "s1", name: "Opening hours" }, { id: "s2", name: "Nights" }] },
    GroupChoices: { groups: [{ id: "g1", name: "Managers" }] },
    DoorHardware: {
      doorConfiguration: aDoor(),
      doorPorts: [{ kind: "OUTPUT", deviceId: null, number: "1", what: "primary lock" }],
    },
    DeviceList: { osdpDevices: [] },
    UpdateDoor: accepted({ door: OFFICE }),
    CreateDoor: accepted({ door: OFFICE }),
    CopyDoor: accepted({ door: { ...OFFICE, id: "d2" } }),
    SetDoorMaintenance: accepted({ door: OFFICE }),
    ...answers,
  });
}

test("only what was changed is sent, times in milliseconds", async () => {
  const { sent } = show();
  const time = await screen.findByLabelText("Access time, seconds");
  expect(screen.getByLabelText("Delay until it locks, seconds")).toHaveValue(0.25);
  await userEvent.clear(time);
  await userEvent.type(time, "4.5");
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateDoor")).toEqual({ input: { id: "d1", expectedVersion: 7, accessTimeMs: 4500 } });
});

test("the security level is set: two people, double-swipe, first person, escort", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByLabelText("Two-person rule"));
  await userEvent.click(screen.getByLabelText("Two people on side B"));
  await userEvent.click(screen.getByLabelText("Add to groups of which one must be there"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Managers" }));
  await userEvent.click(screen.getByLabelText("Double-swipe"));
  await userEvent.click(screen.getByLabelText("First person in"));
  await userEvent.click(screen.getByLabelText(/Visitors who need an escort/));
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateDoor")?.["input"]).toEqual({
    id: "d1",
    expectedVersion: 7,
    twoPerson: { sides: ["A", "B"], timeoutMs: 30_000, scheduleIds: [], groupIds: ["g1"] },
    doubleSwipeTimeoutMs: 5000,
    firstPerson: { groupIds: [] },
    escortRequired: true,
  });
});

test("unlock schedules show their names and can be removed", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Remove Opening hours" }));
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(sent("UpdateDoor")?.["input"]).toEqual({ id: "d1", expectedVersion: 7, unlockScheduleIds: [] }));
});

test("a door without a position sensor offers nothing that needs one", async () => {
  show();
  await userEvent.click(await screen.findByLabelText("It has a door position sensor"));
  expect(screen.queryByLabelText("Open too long after, seconds")).toBeNull();
  expect(screen.queryByLabelText("Alarm when it is forced open")).toBeNull();
});

test("a new door is provisioned unless it gets a controller", async () => {
  const { sent } = show("new");
  await userEvent.type(screen.getByLabelText(/^Name/), "Gate");
  await userEvent.selectOptions(screen.getByLabelText("Kind"), "Door");
  await screen.findByText("House");
  await userEvent.selectOptions(screen.getByLabelText("Controller"), "House");
  await userEvent.click(screen.getByText("Create the door"));
  await vi.waitFor(() =>
    expect(sent("CreateDoor")).toEqual({ input: { name: "Gate", kind: "DOOR", controllerId: "k1" } }),
  );
});

test("maintenance begins with a reason", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByText("Begin maintenance"));
  const dialog = within(screen.getByRole("dialog"));
  await userEvent.type(dialog.getByLabelText(/^Reason/), "New lock");
  await userEvent.click(dialog.getByRole("button", { name: "Begin maintenance" }));
  await vi.waitFor(() => expect(sent("SetDoorMaintenance")).toEqual({ id: "d1", on: true, reason: "New lock" }));
});

test("a door is copied under another name", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByText("Copy…"));
  await userEvent.type(screen.getByLabelText(/^Name of the copy/), "Store");
  expect(screen.getByLabelText("Controller of the copy")).toHaveValue("k1");
  await userEvent.click(screen.getByText("Create the copy"));
  await vi.waitFor(() => expect(sent("CopyDoor")).toMatchObject({ id: "d1", name: "Store", controllerId: "k1" }));
  await vi.waitFor(() => expect(location.hash).toBe("#/configuration/doors/d2"));
});

test("a door in use is not deleted, and the answer says by what it is used", async () => {
  const message = "The door is used by Staff by day. Take it out there first.";
  show("d1", { DeleteDoor: refused("CONFLICT", message, "id") });
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(screen.getByText("Delete it"));
  expect(await screen.findByText(message)).toBeDefined();
});

test("the wiring is a table to print", async () => {
  const print = vi.fn<() => void>();
  vi.stubGlobal("print", print);
  show();
  expect(await screen.findByRole("row", { name: /primary lock Output 1 the controller/ })).toBeDefined();
  await userEvent.click(screen.getByText("Print"));
  expect(print).toHaveBeenCalledOnce();
});

test("who may not write sees settings and wiring, and no tools", async () => {
  const { container } = show("d1", {}, false);
  expect(await screen.findByLabelText(/^Name/)).toBeDisabled();
  expect(screen.queryByText("Copy…")).toBeNull();
  await screen.findByText("primary lock");
  expect(await faultsOf(container)).toEqual([]);
});

test("what is wired drops nothing of what was typed in the settings", async () => {
  let version = 7;
  const { sent } = show("d1", {
    DoorSettings: () => ({ doorConfiguration: { ...OFFICE, version } }),
    SetDoorWiring: () => {
      version += 1;
      return accepted({ door: aDoor({ version }) });
    },
  });
  const name = await screen.findByLabelText(/^Name/);
  await userEvent.type(name, " 2");
  await userEvent.click(await screen.findByText("Save the wiring"));
  await screen.findByText("The wiring is saved.");
  expect(screen.getByLabelText(/^Name/)).toHaveValue("Office 2");
  await vi.waitFor(async () => {
    await userEvent.click(screen.getByText("Save"));
    expect(sent("UpdateDoor")).toEqual({ input: { id: "d1", expectedVersion: 8, name: "Office 2" } });
  });
});

test("a draft says all that the door says", () => {
  const { id: _id, version: _version, maintenance: _maintenance, warnings: _warnings, ...settings } = OFFICE;
  expect(doorInput(doorDraft(OFFICE))).toEqual(settings);
});

test("the list says what each door is, and how it stands", async () => {
  const closed = { ...OFFICE, id: "d2", name: "Store", profileId: null, maintenance: true, kind: "MONITORING" };
  const { container } = showScreen(<DoorConfigurationList writable seesDoors />, {
    DoorConfigurationList: { doorConfigurations: [OFFICE, closed] },
    ProfileNames: { identificationProfiles: PROFILES },
    DoorConditions: { doors: [{ id: "d1", state: { condition: "FORCED" } }] },
  });
  expect(await screen.findByRole("row", { name: /Office Door Card Forced open/ })).toBeDefined();
  expect(screen.getByRole("row", { name: /Store Monitored door: position only a card, always Maintenance/ })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});
