import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, refused, showScreen } from "../../testing/configuration";
import { InterlockList } from "./InterlockList";
import { InterlockScreen } from "./InterlockScreen";

afterEach(() => vi.unstubAllGlobals());

const MANTRAP = {
  id: "i1",
  name: "Mantrap",
  doors: [{ id: "d1", name: "Outer" }, { id: "d2", name: "Inner" }],
  shared: true,
  version: 2,
};
const ANSWERS = {
  InterlockList: { interlocks: [MANTRAP] },
  PlaceChoices: { doors: [...MANTRAP.doors, { id: "d3", name: "Side" }], zones: [] },
  UpdateInterlock: accepted({ interlock: MANTRAP }),
};

test("an interlock gets another door", async () => {
  const { sent, container } = showScreen(<InterlockScreen id="i1" writable />, ANSWERS);
  await userEvent.click(await screen.findByLabelText("Add to interlocked doors"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Side" }));
  expect(screen.getByText(/several controllers/)).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateInterlock")).toEqual({
    input: { id: "i1", expectedVersion: 2, name: "Mantrap", doorIds: ["d1", "d2", "d3"] },
  });
});

test("too few doors are refused at the doors", async () => {
  showScreen(<InterlockScreen id="new" writable />, {
    ...ANSWERS,
    CreateInterlock: refused("VALIDATION", "Name at least two doors.", "doorIds"),
  });
  await userEvent.click(screen.getByText("Create the interlock"));
  const doors = await screen.findByRole("group", { name: "Interlocked doors" });
  await vi.waitFor(() => expect(doors).toHaveAccessibleDescription("Name at least two doors."));
});

test("the list names the doors", async () => {
  showScreen(<InterlockList writable={false} />, ANSWERS);
  expect(await screen.findByRole("row", { name: /Mantrap Outer, Inner several/ })).toBeDefined();
  expect(screen.queryByText("New interlock")).toBeNull();
});
