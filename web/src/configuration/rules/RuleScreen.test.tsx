import { fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { RuleRowFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { Api, fakeApi } from "../../testing/api";
import { noDialogs } from "../../testing/dialog";
import { RuleScreen } from "./RuleScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const RULE: RuleRowFragment = {
  id: "r1",
  name: "Staff by day",
  enabled: true,
  validFrom: null,
  validTo: null,
  missing: ["WHEN"],
  groups: [{ id: "g1", name: "Staff" }],
  zones: [],
  doorSides: [
    { side: "A", door: { id: "d1", name: "Office" } },
    { side: "B", door: { id: "d1", name: "Office" } },
  ],
  schedules: [],
  cardholders: [],
  version: 3,
};

const OUTDATED = {
  code: "CONFLICT",
  message: "Somebody else has changed this meanwhile. Load it again and repeat the change.",
  path: ["input", "expectedVersion"],
};

function show({ id = "r1", rule = RULE, permissions = ["cardholder.view"], writable = true, errors = [] as unknown[] } = {}) {
  let stored = rule;
  const { api, asked } = fakeApi(({ operationName }) => {
    switch (operationName) {
      case "Rule":
        return { accessRule: stored };
      case "GroupChoices":
        return { groups: [{ id: "g1", name: "Staff" }, { id: "g2", name: "Cleaners" }] };
      case "PlaceChoices":
        return { doors: [{ id: "d1", name: "Office" }, { id: "d2", name: "Store" }], zones: [{ id: "z1", name: "Labs" }] };
      case "ScheduleChoices":
        return { schedules: [{ id: "s1", name: "Always" }] };
      case "FindPeople":
        return { cardholders: { nodes: [{ id: "c1", number: "7", firstName: "Ada", lastName: "Byron" }] } };
      case "CompareDraft":
        return { compareDraft: { comparison: null, errors: [{ code: "CONFLICT", message: "Ask again.", path: [] }] } };
      default:
        if (errors.length === 0) stored = { ...rule, version: 4 };
        return { outcome: { accessRule: errors.length === 0 ? stored : null, deletedId: "r1", errors } };
    }
  });
  const { container } = render(
    <Api api={api}>
      <RuleScreen id={id} writable={writable} viewer={{ id: "u", name: "Eve", role: "OPERATOR", firstToDo: null, hasPassword: true, hasSecondFactor: false, hasAuthenticator: false, passkeyCount: 0, privileges: [], permissions }} />
    </Api>,
  );
  const sent = (operation: string) => {
    const variables = asked.find((each) => each.operationName === operation)?.variables;
    return variables?.["input"] ?? variables;
  };
  return { asked, sent, container, store: (other: RuleRowFragment) => (stored = other) };
}

test("a rule is created from who, where and when", async () => {
  const { sent } = show({ id: "new" });
  await userEvent.type(screen.getByLabelText(/^Name/), " Night watch ");
  await userEvent.click(screen.getByLabelText("Add to groups"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Cleaners" }));
  await userEvent.type(screen.getByLabelText("Add to cardholders"), "ada");
  await userEvent.click(await screen.findByRole("button", { name: "Add Ada Byron (7)" }));
  await userEvent.click(screen.getByLabelText("Add to doors"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Store" }));
  await userEvent.selectOptions(screen.getByLabelText("Sides of Store"), "Side A");
  await userEvent.click(screen.getByLabelText("Add to schedules"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Always" }));
  await userEvent.click(screen.getByText("Create the rule"));
  await vi.waitFor(() =>
    expect(sent("CreateRule")).toEqual({
      name: "Night watch",
      enabled: true,
      validFrom: null,
      validTo: null,
      cardholderIds: ["c1"],
      groupIds: ["g2"],
      zoneIds: [],
      doorSides: [{ doorId: "d2", side: "A" }],
      scheduleIds: ["s1"],
    }),
  );
});

test("a change is sent with the version that was read, both sides of a door as one", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Remove Staff" }));
  await userEvent.click(screen.getByText("Save"));
  expect(await screen.findByText("Saved.")).toBeDefined();
  expect(sent("UpdateRule")).toMatchObject({
    id: "r1",
    expectedVersion: 3,
    groupIds: [],
    doorSides: [{ doorId: "d1", side: null }],
  });
});

test("what a rule lacks is said in words", async () => {
  show();
  expect(await screen.findByText("Lacks a schedule")).toBeDefined();
});

test("what was typed stays until the other version is asked for", async () => {
  const { store } = show({ errors: [OUTDATED] });
  const name = await screen.findByLabelText(/^Name/);
  await userEvent.type(name, "!");
  await userEvent.click(screen.getByText("Save"));
  const reload = await screen.findByText("Load it again and drop my changes");
  expect(name).toHaveValue("Staff by day!");
  store({ ...RULE, name: "Renamed", version: 9 });
  await userEvent.click(reload);
  await vi.waitFor(() => expect(screen.getByLabelText(/^Name/)).toHaveValue("Renamed"));
});

test("a problem stands at its field, and the field has the focus", async () => {
  show({ errors: [{ code: "VALIDATION", message: "This must not be empty.", path: ["name"] }] });
  const name = await screen.findByLabelText(/^Name/);
  await userEvent.clear(name);
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(name).toHaveFocus());
  expect(name).toHaveAccessibleDescription("This must not be empty.");
});

test("a rule is deleted after a question only", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByText("Delete"));
  expect(sent("DeleteRule")).toBeUndefined();
  const dialog = screen.getByRole("dialog");
  expect(within(dialog).getByText(/will pass no longer/)).toBeDefined();
  await userEvent.click(within(dialog).getByText("Delete it"));
  await vi.waitFor(() => expect(sent("DeleteRule")).toEqual({ id: "r1", expectedVersion: 3 }));
});

test("who may not see cardholders does not empty them", async () => {
  const { sent } = show({ permissions: [], rule: { ...RULE, cardholders: null } });
  await userEvent.click(await screen.findByText("Save"));
  await screen.findByText("Saved.");
  expect(screen.queryByLabelText("Add to cardholders")).toBeNull();
  expect(sent("UpdateRule")).not.toHaveProperty("cardholderIds");
});

test("who may not write has nothing to write with", async () => {
  show({ writable: false });
  expect(await screen.findByLabelText(/^Name/)).toBeDisabled();
  expect(screen.queryByText("Save")).toBeNull();
  expect(screen.queryByText("Delete")).toBeNull();
});

test("the editor is accessible", async () => {
  const { container } = show();
  await userEvent.click(await screen.findByLabelText("Add to groups"));
  await screen.findByRole("button", { name: "Add Cleaners" });
  expect(await faultsOf(container)).toEqual([]);
});

test("what is typed but not saved is compared, and the form stays as it was", async () => {
  const { sent, asked } = show();
  const name = await screen.findByLabelText(/^Name/);
  await userEvent.type(name, "!");
  await userEvent.click(screen.getByLabelText("Enabled"));
  await userEvent.click(screen.getByText("Preview effect"));
  const dialog = screen.getByRole("dialog", { name: "What would change" });
  expect(await within(dialog).findByText("Ask again.")).toBeDefined();
  const compared = asked.find(({ operationName }) => operationName === "CompareDraft")?.variables;
  expect(compared).toMatchObject({
    days: 7,
    draft: [{ updateAccessRule: { id: "r1", expectedVersion: 3, enabled: false, name: "Staff by day!" } }],
  });
  await userEvent.selectOptions(within(dialog).getByLabelText("Time compared, from now"), "31 days");
  await vi.waitFor(() => expect(asked.at(-1)?.variables).toMatchObject({ days: 31 }));
  await userEvent.click(within(dialog).getByText("Back to the form"));
  expect(name).toHaveValue("Staff by day!");
  expect(sent("UpdateRule")).toBeUndefined();
});

test("before a deletion one can see who would lose access", async () => {
  const { asked } = show();
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(screen.getByText("Who would lose access?"));
  await vi.waitFor(() =>
    expect(asked.at(-1)?.variables).toMatchObject({ draft: [{ deleteAccessRule: { id: "r1" } }] }),
  );
  expect(asked.some(({ operationName }) => operationName === "DeleteRule")).toBe(false);
  // Escape, which browsers tell a dialog by a `cancel`, closes the upper one alone.
  fireEvent(screen.getByTestId("preview-effect"), new Event("cancel", { bubbles: true, cancelable: true }));
  await vi.waitFor(() => expect(screen.queryByTestId("preview-effect")).toBeNull());
  expect(screen.getByRole("dialog", { name: "Delete Staff by day?" })).toBeDefined();
});

test("who may not see cardholders is not offered to see whom it concerns", async () => {
  show({ permissions: [] });
  await screen.findByLabelText(/^Name/);
  expect(screen.queryByText("Preview effect")).toBeNull();
});
