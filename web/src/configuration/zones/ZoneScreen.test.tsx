import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ZoneRowFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { zoneDraft, zoneInput } from "./zone-draft";
import { ZoneList } from "./ZoneList";
import { ZoneScreen } from "./ZoneScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const LABS: ZoneRowFragment = {
  id: "z1",
  name: "Labs",
  parent: null,
  antiPassback: "HARD",
  timeout: "PT1M",
  checkExit: false,
  forgiveAt: "04:00",
  forgivenAt: null,
  minOccupancy: 0,
  maxOccupancy: 2,
  muster: false,
  whenIsolated: "LOCAL",
  shared: false,
  doors: [{ enterSide: "A", door: { id: "d1", name: "Office" } }],
  doorsWithoutPosition: [{ id: "d1", name: "Office" }],
  occupancy: 2,
  version: 4,
};
const SITE: ZoneRowFragment = { ...LABS, id: "z2", name: "Site", maxOccupancy: null, occupancy: 12, antiPassback: "OFF" };
const INSIDE = {
  occupants: {
    nodes: [{ cardholderId: "c1", cardholderName: "Ada Byron", since: "2026-03-02T08:00:00Z", zone: { id: "z1", name: "Labs" } }],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  },
};
const EVERYTHING = ["door.command", "cardholder.view"];

function show(id = "z1", { answers = {} as Answers, permissions = EVERYTHING } = {}) {
  return showScreen(<ZoneScreen id={id} writable viewer={{ permissions }} />, {
    ZoneList: { zones: [LABS, SITE] },
    PlaceChoices: { doors: [{ id: "d1", name: "Office" }, { id: "d2", name: "Store" }], zones: [] },
    Inside: INSIDE,
    UpdateZone: accepted({ zone: LABS }),
    CreateZone: accepted({ zone: LABS }),
    ForgiveZone: accepted(),
    ForgiveCardholder: accepted(),
    ...answers,
  });
}

test("doors are put around the zone and inside it", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByLabelText("Add to doors of the zone"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Store" }));
  await userEvent.selectOptions(screen.getByLabelText("Store is"), "Internal");
  await userEvent.selectOptions(screen.getByLabelText("Office is"), "Perimeter: entered from side B");
  await userEvent.selectOptions(screen.getByLabelText("Lies in"), "Site");
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateZone")).toMatchObject({
    input: {
      id: "z1",
      expectedVersion: 4,
      parentId: "z2",
      doors: [
        { doorId: "d1", enterSide: "B" },
        { doorId: "d2", enterSide: null },
      ],
    },
  });
});

test("anti-passback and occupancy are sent as numbers; an empty limit is none", async () => {
  const { sent } = show("new");
  await userEvent.type(screen.getByLabelText(/^Name/), "Vault");
  expect(screen.queryByLabelText("May enter again after, seconds")).toBeNull();
  await userEvent.selectOptions(screen.getByLabelText("Entering twice"), "HARD");
  await userEvent.type(screen.getByLabelText("May enter again after, seconds"), "5");
  await userEvent.type(screen.getByLabelText("At least"), "2");
  await userEvent.click(screen.getByText("Create the zone"));
  await vi.waitFor(() =>
    expect(sent("CreateZone")).toMatchObject({
      input: { name: "Vault", antiPassback: "HARD", timeout: "PT5S", minOccupancy: 2, maxOccupancy: null, forgiveAt: null },
    }),
  );
});

test("a zone is sent as it was read", () => {
  const { name, antiPassback, timeout, checkExit, forgiveAt, minOccupancy, maxOccupancy, muster, whenIsolated } = LABS;
  const settings = { name, antiPassback, timeout, checkExit, forgiveAt, minOccupancy, maxOccupancy, muster, whenIsolated };
  expect(zoneInput(zoneDraft(LABS))).toEqual({ ...settings, parentId: null, doors: [{ doorId: "d1", enterSide: "A" }] });
  expect(zoneInput({ ...zoneDraft(LABS), timeoutS: "soon" }).timeout).toBe("-PT1S");
});

test("who is inside is listed, and one of them is forgiven with a reason", async () => {
  const { sent, container } = show();
  expect(await screen.findByRole("row", { name: /Ada Byron Labs/ })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Forgive Ada Byron" }));
  const dialog = within(screen.getByRole("dialog"));
  await userEvent.type(dialog.getByLabelText("Reason"), "Tailgated");
  await userEvent.click(dialog.getByText("Forgive"));
  await vi.waitFor(() => expect(sent("ForgiveCardholder")).toEqual({ input: { cardholderId: "c1", reason: "Tailgated" } }));
  expect(await screen.findByText("Forgiven.")).toBeDefined();
});

test("everybody inside is forgiven at once", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Forgive everybody inside" }));
  await userEvent.click(screen.getByText("Forgive"));
  await vi.waitFor(() => expect(sent("ForgiveZone")).toEqual({ input: { zoneId: "z1", reason: "" } }));
});

test("who may neither see cardholders nor command doors is offered neither", async () => {
  const { sent } = show("z1", { permissions: [] });
  await screen.findByLabelText(/^Name/);
  expect(screen.queryByText(/^Inside now/)).toBeNull();
  expect(screen.queryByRole("button", { name: /Forgive/ })).toBeNull();
  expect(sent("Inside")).toBeUndefined();
});

test("a door that cannot bear the anti-passback is named with the reason", async () => {
  const message = "Office: hard anti-passback without a time needs a reader on both sides.";
  show("z1", { answers: { UpdateZone: refused("CONFLICT", message, "doors") } });
  await userEvent.click(await screen.findByText("Save"));
  expect(await screen.findByText(message)).toBeDefined();
  expect(screen.getByText(/Without a position sensor.*Office/)).toBeDefined();
});

test("the list says how full each zone is", async () => {
  const { container } = showScreen(<ZoneList writable commanding />, { ZoneList: { zones: [LABS, SITE] } });
  expect(await screen.findByRole("row", { name: /Labs no other 2 of 2\s*Full Hard, 60 s 1/ })).toBeDefined();
  expect(screen.getByRole("row", { name: /Site no other 12 Off 1/ })).toBeDefined();
  expect(screen.getByRole("button", { name: "Forgive everybody" })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("the doors as they are typed are compared before they are saved", async () => {
  const { sent } = show("z1", { answers: { CompareDraft: { compareDraft: { comparison: null, errors: [] } } } });
  await userEvent.click(await screen.findByText("Preview effect of the doors"));
  await vi.waitFor(() =>
    expect(sent("CompareDraft")).toMatchObject({ draft: [{ setZoneDoors: { id: "z1" } }] }),
  );
});
