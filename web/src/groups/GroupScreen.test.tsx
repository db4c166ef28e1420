import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { Api, fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { aCardholder, aGroup, aPage, aViewer, OUTDATED } from "../testing/people";
import { GroupScreen } from "./GroupScreen";

beforeEach(noDialogs);
afterEach(() => {
  vi.unstubAllGlobals();
  location.hash = "";
});

const GRACE = aCardholder({ id: "c2", firstName: "Grace", lastName: "Hopper", number: "9" });

function show({ viewer = aViewer(), errors = [] as unknown[], group = aGroup() as ReturnType<typeof aGroup> | null } = {}) {
  const { api, asked } = fakeApi(({ operationName, variables }) => {
    switch (operationName) {
      case "Group":
        return { group };
      case "Cardholders":
        return { cardholders: variables["filter"] ? aPage([aCardholder()], { hasNextPage: true }) : aPage([GRACE]) };
      default:
        return { outcome: { group: errors.length === 0 ? aGroup() : null, errors } };
    }
  });
  const { container } = render(
    <Api api={api}>
      <GroupScreen id="g1" viewer={viewer} />
    </Api>,
  );
  const sent = (operation: string) => asked.filter((each) => each.operationName === operation).map(({ variables }) => variables);
  return { sent, container };
}

test("members are shown a page at a time", async () => {
  const { sent, container } = show();
  expect(await screen.findByTestId("member")).toHaveTextContent("Ada Byron");
  expect(screen.getByRole("heading", { name: "2 members" })).toBeVisible();
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Next"));
  await vi.waitFor(() => expect(sent("Cardholders").at(-1)).toEqual({ first: 25, after: "last", filter: { groupId: "g1" } }));
});

test("several people are put in the group at once", async () => {
  const { sent, container } = show();
  await userEvent.click(await screen.findByTestId("add-members"));
  expect(screen.getByRole("button", { name: "Add the member" })).toBeDisabled();
  await userEvent.click(screen.getByLabelText("Add to cardholders"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Grace Hopper (9)" }));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Add the member" }));
  await vi.waitFor(() => expect(sent("AddGroupMembers")).toEqual([{ id: "g1", cardholderIds: ["c2"] }]));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("somebody is taken out of the group, and both lists are loaded again", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Take Ada Byron out of the group" }));
  await vi.waitFor(() => expect(sent("RemoveGroupMembers")).toEqual([{ id: "g1", cardholderIds: ["c1"] }]));
  await vi.waitFor(() => expect(sent("Group").length).toBeGreaterThan(1));
});

test("a group that is used stays, and those who use it are named", async () => {
  const message = "The group Staff is used by access rule Day, door Office. Remove it from there first.";
  const { sent } = show({ errors: [{ code: "CONFLICT", message, path: ["id"] }] });
  await userEvent.click(await screen.findByTestId("delete-group"));
  await userEvent.click(screen.getByText("Delete the group"));
  expect(await within(screen.getByRole("dialog")).findByRole("alert")).toHaveTextContent(message);
  expect(sent("DeleteGroup")).toEqual([{ id: "g1", expectedVersion: 4 }]);
  expect(location.hash).toBe("");
});

test("after its deletion the list of groups is shown", async () => {
  show();
  await userEvent.click(await screen.findByTestId("delete-group"));
  await userEvent.click(screen.getByText("Delete the group"));
  await vi.waitFor(() => expect(location.hash).toBe("#/groups"));
});

test("a group is renamed at the version that was seen; an outdated one can be loaded again", async () => {
  const { sent } = show({ errors: [OUTDATED] });
  await userEvent.click(await screen.findByTestId("edit-group"));
  await userEvent.type(screen.getByLabelText(/^Name/), "s");
  await userEvent.click(screen.getByText("Save"));
  expect(sent("UpdateGroup")).toEqual([
    { input: { id: "g1", expectedVersion: 4, name: "Staffs", initials: "ST", isGlobal: false } },
  ]);
  const asked = sent("Group").length;
  await userEvent.click(await screen.findByText("Load it again and drop my changes"));
  await vi.waitFor(() => expect(sent("Group").length).toBeGreaterThan(asked));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("members are for those who may change cardholders, the group itself for those who configure", async () => {
  show({ viewer: aViewer(["cardholder.view", "cardholder.write"]) });
  await screen.findByTestId("member");
  expect(screen.queryByTestId("edit-group")).toBeNull();
  expect(screen.queryByTestId("delete-group")).toBeNull();
  expect(screen.getByTestId("add-members")).toBeVisible();
});

test("who may only look is offered nothing", async () => {
  show({ viewer: aViewer(["cardholder.view"]) });
  await screen.findByTestId("member");
  expect(screen.queryAllByRole("button").map((button) => button.textContent)).toEqual(["Previous", "Next"]);
});

test("a group that is not there is said to be missing", async () => {
  show({ group: null });
  expect(await screen.findByText("There is no such group.")).toBeVisible();
});
