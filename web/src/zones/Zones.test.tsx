import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { act } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ZoneRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../testing/configuration";
import { noDialogs } from "../testing/dialog";
import { aDoor } from "../testing/doors";
import { anEvent } from "../testing/events";
import { aLive } from "../testing/live";
import { aViewer } from "../testing/people";
import { Zones } from "./Zones";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const BUILDING: ZoneRowFragment = {
  id: "z1",
  name: "Building",
  parent: null,
  antiPassback: "HARD",
  timeout: "PT1M",
  checkExit: false,
  forgiveAt: null,
  forgivenAt: null,
  minOccupancy: 0,
  maxOccupancy: 2,
  muster: false,
  whenIsolated: "LOCAL",
  shared: false,
  doors: [
    { enterSide: "A", door: { id: "d1", name: "Office" } },
    { enterSide: null, door: { id: "d2", name: "Store" } },
  ],
  doorsWithoutPosition: [],
  occupancy: 2,
  version: 1,
};
const VAULT: ZoneRowFragment = {
  ...BUILDING,
  id: "z2",
  name: "Vault",
  parent: { id: "z1", name: "Building" },
  doors: [],
  maxOccupancy: null,
  occupancy: 0,
};
const OFFICE = aDoor();
const STORE = aDoor({ condition: "FORCED" }, { id: "d2", name: "Store" });
const PERSON = {
  cardholderId: "c1",
  cardholderName: "Ada Byron",
  since: "2026-03-02T08:00:00Z",
  zone: { id: "z1", name: "Building" },
};
const EVERYTHING = ["door.view", "door.command", "cardholder.view"];

const confirmed = (door: { id: string; name: string }) => ({
  door: { id: door.id, name: door.name },
  status: "CONFIRMED",
  detail: "",
});
const commanded = (...doors: object[]) => accepted({ command: { id: "k", confirmed: true, doors, skipped: [] } });

async function show(id: string | null = null, { answers = {} as Answers, permissions = EVERYTHING } = {}) {
  const { live, arrive } = await aLive(OFFICE, STORE);
  const shown = showScreen(<Zones route={{ screen: "zones", id }} live={live} viewer={aViewer(permissions)} />, {
    ZoneList: { zones: [BUILDING, VAULT] },
    Inside: {
      occupants: {
        nodes: [PERSON],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      },
    },
    LockdownZone: commanded(confirmed(OFFICE), confirmed(STORE)),
    LockZone: commanded(confirmed(OFFICE)),
    ForgiveZone: accepted(),
    ForgiveCardholder: accepted(),
    ForgiveEverybody: accepted(),
    ...answers,
  });
  return { ...shown, live, arrive };
}

const actOn = async (name: string): Promise<void> =>
  userEvent.click(await screen.findByRole("button", { name: `Act on all doors: ${name}` }));
const outcome = (): HTMLElement => screen.getByTestId("zone-outcome");

test("each zone shows its doors in one line, the most urgent first, and how many are inside", async () => {
  const { container } = await show();
  const [first, second] = await screen.findAllByTestId("zone");
  expect(first).toHaveTextContent("1 forced open, 1 locked");
  expect(first).toHaveTextContent("2 of 2 inside");
  expect(first).toHaveTextContent("Full");
  expect(second).toHaveTextContent("In Building");
  expect(second).toHaveTextContent("No doors");
  expect(await faultsOf(container)).toEqual([]);
});

test("the line follows the doors", async () => {
  const { live } = await show();
  await screen.findAllByTestId("zone");
  act(() => live.doors.put(aDoor({ condition: "LOCKDOWN" }, { id: "d2", name: "Store" })));
  expect(screen.getAllByTestId("zone-doors")[0]).toHaveTextContent("1 in lockdown, 1 locked");
});

test("a lockdown of a zone is asked about, and answered door by door", async () => {
  const { sent, container } = await show();
  await actOn("Building");
  const dialog = within(screen.getByTestId("zone-dialog"));
  await userEvent.type(dialog.getByLabelText("Reason"), "drill");
  await userEvent.click(dialog.getByLabelText("Also the doors of the zones inside it"));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(dialog.getByRole("button", { name: "Lockdown" }));
  expect(sent("LockdownZone")).toBeUndefined();
  expect(dialog.getByTestId("door-question")).toHaveTextContent("Lockdown: all doors of Building?");
  await userEvent.click(dialog.getByTestId("door-action-confirm"));
  expect(await screen.findByText(/Lockdown: Done at all 2 doors\./)).toBeDefined();
  expect(screen.getByText("Store: confirmed")).toBeDefined();
  expect(sent("LockdownZone")).toEqual({
    input: {
      zoneId: "z1",
      reason: "drill",
      until: null,
      durationMs: null,
      includeNested: false,
      idempotencyKey: expect.any(String),
    },
  });
});

test("doors that failed or did not answer come first, each with why; those without a lock were not asked", async () => {
  const doors = [
    confirmed(OFFICE),
    { door: { id: "d2", name: "Store" }, status: "FAILED", detail: "The door's device is offline." },
    { door: { id: "d3", name: "Yard" }, status: "EXPIRED", detail: "" },
  ];
  const command = { id: "k", confirmed: false, doors, skipped: [{ id: "d4", name: "Window" }] };
  await show(null, { answers: { LockZone: accepted({ command }) } });
  await actOn("Building");
  await userEvent.click(screen.getByRole("button", { name: "Lock" }));
  await screen.findByText(/Lock: Done at 1 of 3 doors\./);
  expect(outcome()).toHaveAttribute("data-status", "failed");
  const [first, second, third, last] = within(outcome()).getAllByRole("listitem");
  expect(first).toHaveTextContent("Store: failed. The door's device is offline.");
  expect(second).toHaveTextContent("Yard: expired. Lock: the controller did not answer in time.");
  expect(third).toHaveTextContent("Office: confirmed");
  expect(last).toHaveTextContent("Window: not asked, it has no lock");
});

test("what the server refuses is told", async () => {
  await show(null, { answers: { LockZone: refused("NOT_FOUND", "There is no such zone.", "zoneId") } });
  await actOn("Building");
  await userEvent.click(screen.getByRole("button", { name: "Lock" }));
  expect(await screen.findByText(/There is no such zone\./)).toBeDefined();
  expect(outcome()).toHaveAttribute("data-status", "failed");
});

test("a zone shows each of its doors and who is inside, and forgives", async () => {
  const { sent, container } = await show("z1");
  expect(await screen.findByRole("heading", { level: 1, name: "Building" })).toBeDefined();
  expect(screen.getAllByTestId("door-tile")).toHaveLength(2);
  await userEvent.click(await screen.findByText("Forgive Ada Byron"));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Forgive" }));
  await waitFor(() => expect(sent("ForgiveCardholder")).toEqual({ input: { cardholderId: "c1", reason: "" } }));
});

test("who comes in is counted without being asked for", async () => {
  let occupancy = 0;
  const answers = { ZoneList: () => ({ zones: [{ ...BUILDING, occupancy }] }) };
  const { arrive } = await show(null, { answers });
  expect(await screen.findByText("0 of 2 inside")).toBeDefined();
  occupancy = 1;
  act(() => arrive(anEvent("e1", { type: "access.entered" })));
  expect(await screen.findByText("1 of 2 inside", {}, { timeout: 3_000 })).toBeDefined();
});

test("who may only look is offered no act", async () => {
  await show(null, { permissions: ["door.view"] });
  await screen.findAllByTestId("zone");
  expect(screen.queryByRole("button")).toBeNull();
});

test("a zone that is gone says so", async () => {
  await show("gone");
  expect(await screen.findByText("This is not there any more.")).toBeDefined();
});

test("a site without zones says so", async () => {
  await show(null, { answers: { ZoneList: { zones: [] } } });
  expect(await screen.findByText("There are no zones yet.")).toBeDefined();
});
