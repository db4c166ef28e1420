import { screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { LineStates } from "../lines/line-states";
import { showScreen } from "../testing/configuration";
import { Configuration } from "./Configuration";
import { configurationHref, inConfiguration, NEW, parseConfiguration, type Section, SECTIONS } from "./place";

afterEach(() => vi.unstubAllGlobals());

// The rules of the desk are one form and no list; they have tests of their own.
const ALL = (Object.keys(SECTIONS) as Section[]).filter((section) => section !== "site");
const SIGNAL = { colour: "RED", blinks: false, tones: 1, text: "" };
const SIGNALS = { granted: SIGNAL, denied: SIGNAL, waiting: SIGNAL, lockdown: SIGNAL };
const NOTHING = {
  RuleList: {
    accessRules: {
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    },
  },
  ScheduleList: { schedules: [] },
  OverrideList: { overrideSchedules: [] },
  OverrideChoices: { overrideSchedules: [] },
  CalendarList: { holidayCalendars: [] },
  CalendarDates: { holidayCalendars: [] },
  DoorConfigurationList: { doorConfigurations: [], identificationProfiles: [] },
  ControllerChoices: { controllers: [], identificationProfiles: [] },
  ElevatorList: { elevators: [] },
  DeviceList: { osdpDevices: [] },
  AnyDevices: { devices: [] },
  WiegandChoices: { wiegandFramings: [], wiegandDevices: [] },
  ReadersToConnect: { doorConfigurations: [], devices: [] },
  ControllerList: {
    controllers: [],
    site: { journalEvents: 1_000_000, journalKeeps: "P120D", aloneAlarm: "P3D", staleAfter: null, trustsClock: false },
  },
  ProfileList: { identificationProfiles: [] },
  ZoneList: { zones: [] },
  InterlockList: { interlocks: [] },
  LevelList: { threatLevels: [], threat: null },
  IdentificationChoices: { identificationProfiles: [] },
  RuleChoices: { accessRules: { nodes: [] } },
  InputList: { auxInputs: [] },
  OutputList: { auxOutputs: [] },
  LocalRuleList: { localRules: [] },
  LocalRuleChoices: {
    auxInputs: [],
    auxOutputs: [{ id: "o1", name: "Siren" }],
    doors: [],
    schedules: [],
    threatLevels: [],
    localRuleEvents: [],
  },
  PortDevices: { portDevices: [{ id: "v1", name: "Module", controllerName: "Main" }] },
  FormatList: { cardFormats: [] },
  PlaceChoices: { doors: [], zones: [] },
  ScheduleChoices: { schedules: [] },
  GroupChoices: { groups: [] },
  FindPeople: { cardholders: { nodes: [] } },
  ReaderList: {
    pinRules: { minLength: 4, maxLength: 8, endKey: "#", digitTimeoutMs: 5000, lockoutAfter: 5, lockoutMs: 30_000 },
    readerSettings: [],
  },
  OsdpBuses: { osdpBuses: [], osdpDevices: [] },
  WebhookList: { webhooks: { nodes: [] } },
  WebhookScreen: { webhook: null, eventTypes: [] },
  SignalSets: { readerSignals: SIGNALS, signalSets: [], osdpDevices: [] },
};

function show(section: Section, id: string | null, permissions = ["configuration.view", "configuration.write", "webhook.write", "access.assign", "door.view"]) {
  const viewer = { id: "u", name: "Eve", role: "ADMINISTRATOR" as const, permissions, firstToDo: null, hasPassword: true, hasSecondFactor: false, hasAuthenticator: false, passkeyCount: 0, privileges: [] };
  return showScreen(<Configuration route={inConfiguration(section, id)} viewer={viewer} lines={new LineStates(() => () => undefined)} />, NOTHING);
}

test.each(ALL)("the list of %s says so when it is empty, and is accessible", async (section) => {
  const { container } = show(section, null);
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(SECTIONS[section]);
  expect(await screen.findByText(/^(There (are|is) no|There are none)/)).toBeDefined();
  const nav = within(screen.getByRole("navigation", { name: "Configuration" }));
  expect(nav.getByText(SECTIONS[section])).toHaveAttribute("aria-current", "page");
  expect(await faultsOf(container)).toEqual([]);
});

// Readers and buses come with their doors and devices, and of a device the kind is chosen first.
const LISTED_ONLY = new Set(["readers", "osdp", "devices"]);
test.each(ALL.filter((section) => !LISTED_ONLY.has(section)))("what is new in %s begins with a form", async (section) => {
  const { container } = show(section, NEW);
  expect(await screen.findByLabelText(/^Name/)).toBeEnabled();
  expect(screen.getByRole("button", { name: /^Create the/ })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("webhooks are only for those who look after them", () => {
  const { asked } = show("webhooks", null, ["configuration.view"]);
  expect(screen.getByText("You may not see this part of the configuration.")).toBeVisible();
  expect(screen.queryByRole("link", { name: "Webhooks" })).toBeNull();
  expect(asked).toEqual([]);
});

const LOOKED_AT = ALL.filter((section) => section !== "webhooks");
test.each(LOOKED_AT)("who may only look is offered nothing new in %s", async (section) => {
  show(section, null, ["configuration.view", "door.view"]);
  await screen.findByText(/^(There (are|is) no|There are none)/);
  expect(screen.queryByRole("link", { name: /^New/ })).toBeNull();
});

test("who may not see the configuration is told so", () => {
  const { asked } = show("rules", null, []);
  expect(screen.getByText("You may not see the configuration.")).toBeDefined();
  expect(asked).toEqual([]);
});

test("the present section is brought into view", () => {
  const scrolled = vi.spyOn(HTMLElement.prototype, "scrollIntoView");
  show("formats", null);
  expect(scrolled.mock.contexts.map((element) => (element as HTMLElement).textContent)).toEqual(["Card formats"]);
  scrolled.mockRestore();
});

test("what is gone says so", async () => {
  show("zones", "gone");
  expect(await screen.findByText("This is not there any more.")).toBeDefined();
});

test("a link leads to the place that it was made from, an unknown one to the rules", () => {
  const [, , section = "", id = ""] = configurationHref(inConfiguration("zones", "z1")).split("/");
  expect(parseConfiguration(section, id)).toEqual(inConfiguration("zones", "z1"));
  expect(parseConfiguration("secrets", "z1")).toEqual(inConfiguration("rules"));
});
