import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { Api, fakeApi } from "../testing/api";
import { aCardholder, aPage, aViewer } from "../testing/people";
import { CardholderList } from "./CardholderList";

afterEach(() => vi.unstubAllGlobals());

function show(rows = [aCardholder({ visitor: true })], viewer = aViewer()) {
  const { api, asked } = fakeApi(({ operationName }) =>
    operationName === "Groups"
      ? { groups: [{ id: "g1", name: "Staff" }] }
      : { cardholders: aPage(rows, { hasNextPage: true }) },
  );
  const { container } = render(
    <Api api={api}>
      <CardholderList viewer={viewer} />
    </Api>,
  );
  const last = () => asked.findLast(({ operationName }) => operationName === "Cardholders")?.variables;
  return { last, container };
}

test("the list is narrowed down by group, suspension, visit and validity together", async () => {
  const { last, container } = show();
  expect(await screen.findByTestId("cardholder-row")).toHaveTextContent("Visitor");
  expect(last()).toMatchObject({ filter: null });
  await screen.findByRole("option", { name: "Staff" });
  await userEvent.selectOptions(screen.getByLabelText("Group"), "Staff");
  await userEvent.selectOptions(screen.getByLabelText("Suspension"), "Not suspended");
  await userEvent.selectOptions(screen.getByLabelText("Visitors"), "Visitors");
  await userEvent.selectOptions(screen.getByLabelText("Validity"), "Not valid now");
  const filter = { groupId: "g1", suspended: false, visitor: true, validNow: false };
  await vi.waitFor(() => expect(last()).toMatchObject({ filter }));
  await userEvent.selectOptions(screen.getByLabelText("Suspension"), "All");
  await vi.waitFor(() => expect(last()).toMatchObject({ filter: { groupId: "g1", visitor: true, validNow: false } }));
  expect(await faultsOf(container)).toEqual([]);
});

test("a filter begins at the first page again", async () => {
  const { last } = show();
  await userEvent.click(await screen.findByText("Next"));
  await vi.waitFor(() => expect(last()).toMatchObject({ after: "last" }));
  await userEvent.selectOptions(screen.getByLabelText("Visitors"), "Visitors");
  await vi.waitFor(() => expect(last()).toMatchObject({ filter: { visitor: true } }));
  expect(last()).not.toHaveProperty("after");
});

test("an empty list says whether the filters made it so", async () => {
  show([]);
  expect(await screen.findByText("There are no cardholders yet.")).toBeVisible();
  await userEvent.selectOptions(screen.getByLabelText("Visitors"), "Visitors");
  expect(await screen.findByText("Nobody is found with these filters.")).toBeVisible();
});

test("who may not write is not offered a new cardholder", async () => {
  show(undefined, aViewer(["cardholder.view"]));
  await screen.findByTestId("cardholder-row");
  expect(screen.queryByTestId("new-cardholder")).toBeNull();
});
