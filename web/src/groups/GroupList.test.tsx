import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { GroupRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { Api, fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { aGroup, aViewer } from "../testing/people";
import { GroupList } from "./GroupList";

beforeEach(noDialogs);
afterEach(() => {
  vi.unstubAllGlobals();
  location.hash = "";
});

function show(groups: GroupRowFragment[], { viewer = aViewer(), errors = [] as unknown[] } = {}) {
  const { api, asked } = fakeApi(({ operationName }) =>
    operationName === "GroupRows" ? { groups } : { outcome: { group: errors.length === 0 ? aGroup({ id: "g9" }) : null, errors } },
  );
  const { container } = render(
    <Api api={api}>
      <GroupList viewer={viewer} />
    </Api>,
  );
  return { asked, container };
}

test("groups are found by name and by initials", async () => {
  const { container } = show([aGroup(), aGroup({ id: "g2", name: "Cleaners", initials: "" })]);
  expect(await screen.findAllByTestId("group-row")).toHaveLength(2);
  expect(await faultsOf(container)).toEqual([]);
  const search = screen.getByLabelText("Search by name or initials");
  await userEvent.type(search, "clean");
  expect(screen.getByTestId("group-row")).toHaveTextContent("Cleaners");
  await userEvent.clear(search);
  await userEvent.type(search, "st");
  expect(screen.getByTestId("group-row")).toHaveTextContent("Staff");
  await userEvent.type(search, "x");
  expect(screen.getByText("No group is found for “stx”.")).toBeVisible();
});

test("a new group is opened as soon as it is there", async () => {
  const { asked, container } = show([]);
  expect(await screen.findByText("There are no groups yet.")).toBeVisible();
  await userEvent.click(screen.getByTestId("new-group"));
  await userEvent.type(screen.getByLabelText(/^Name/), " Guards ");
  await userEvent.type(screen.getByLabelText("Initials"), "GU");
  await userEvent.click(screen.getByLabelText("Global"));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Create the group"));
  await vi.waitFor(() => expect(location.hash).toBe("#/groups/g9"));
  expect(asked.at(-1)?.variables).toEqual({ input: { name: "Guards", initials: "GU", isGlobal: true } });
});

test("a name that is taken is told at its field", async () => {
  const message = "Another group is called Staff.";
  show([], { errors: [{ code: "CONFLICT", message, path: ["name"] }] });
  await userEvent.click(screen.getByTestId("new-group"));
  await userEvent.click(screen.getByText("Create the group"));
  await vi.waitFor(() => expect(screen.getByLabelText(/^Name/)).toHaveAccessibleDescription(message));
  expect(location.hash).toBe("");
});

test("who may not configure is not offered a new group", async () => {
  show([aGroup()], { viewer: aViewer(["cardholder.view", "cardholder.write"]) });
  await screen.findByTestId("group-row");
  expect(screen.queryByTestId("new-group")).toBeNull();
});
