import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ProfileRowFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { ProfileList } from "./ProfileList";
import { ProfileScreen } from "./ProfileScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const CARD: ProfileRowFragment = {
  id: "card",
  name: "Card",
  facilityCode: true,
  sideA: [{ types: ["CARD"], scheduleIds: [] }],
  sideB: [{ types: ["REX"], scheduleIds: [] }],
  doorIds: ["d1", "d2"],
  version: 1,
};
// As the server answers, each thing says what it is.
const TYPED = { ...CARD, sideA: CARD.sideA.map((method) => ({ ...method, __typename: "IdentificationMethod" })) };
const PIN = { ...CARD, id: "pin", name: "PIN", doorIds: [], sideA: [], sideB: [] };
const ANSWERS = {
  ProfileList: { identificationProfiles: [TYPED, PIN] },
  ScheduleChoices: { schedules: [{ id: "s1", name: "Nights" }] },
  UpdateProfile: accepted({ profile: CARD }),
  DeleteProfile: accepted({ deletedId: "card" }),
};

test("a side gets another combination with a schedule", async () => {
  const { sent, container } = showScreen(<ProfileScreen id="card" writable />, ANSWERS);
  await userEvent.click(await screen.findByText("Add a combination on side A"));
  const second = within(screen.getByRole("group", { name: "Combination 2 of side A" }));
  await userEvent.click(second.getByLabelText("Card"));
  await userEvent.click(second.getByLabelText("PIN"));
  expect(second.getByRole("heading")).toHaveTextContent("Card and PIN");
  await userEvent.click(second.getByLabelText("Add to schedules of side A, combination 2"));
  await userEvent.click(await second.findByRole("button", { name: "Add Nights" }));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateProfile")).toEqual({
    input: {
      id: "card",
      expectedVersion: 1,
      name: "Card",
      facilityCode: true,
      sideA: [
        { types: ["CARD"], scheduleIds: [] },
        { types: ["CARD", "PIN"], scheduleIds: ["s1"] },
      ],
      sideB: [{ types: ["REX"], scheduleIds: [] }],
    },
  });
});

test("a profile in use is deleted with its successor", async () => {
  const { sent } = showScreen(<ProfileScreen id="card" writable />, ANSWERS);
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.selectOptions(screen.getByLabelText("Successor"), "PIN");
  await userEvent.click(screen.getByText("Delete it"));
  await vi.waitFor(() => expect(sent("DeleteProfile")).toEqual({ id: "card", successorId: "pin", expectedVersion: 1 }));
});

test("without a successor the answer names the doors", async () => {
  const message = "Used by Office and Store. Name the profile that these doors get instead.";
  showScreen(<ProfileScreen id="card" writable />, { ...ANSWERS, DeleteProfile: refused("CONFLICT", message, "successorId") });
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(screen.getByText("Delete it"));
  expect(await screen.findByText(message)).toBeDefined();
});

test("the list says what each side accepts", async () => {
  const { container } = showScreen(<ProfileList writable />, ANSWERS);
  expect(await screen.findByRole("row", { name: /Card Card Request to exit 2/ })).toBeDefined();
  expect(screen.getByRole("row", { name: /PIN nothing nothing none/ })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});
