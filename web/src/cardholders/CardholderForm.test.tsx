import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import type { ProblemFragment } from "../gql/operations";
import { Api, fakeApi } from "../testing/api";
import type { CardholderDraft } from "./cardholder-draft";
import { CardholderForm } from "./CardholderForm";

afterEach(() => vi.unstubAllGlobals());

function show(problems: readonly ProblemFragment[]) {
  const sent: CardholderDraft[] = [];
  const { api } = fakeApi(() => ({ groups: [{ id: "g1", name: "Staff", __typename: "Group" }] }));
  render(
    <Api api={api}>
      <CardholderForm
        action="Create"
        onCancel={() => undefined}
        onSubmit={async (draft) => {
          sent.push(draft);
          return problems;
        }}
      />
    </Api>,
  );
  return sent;
}

test("what was entered is sent trimmed, with the groups that were ticked", async () => {
  const sent = show([]);
  await userEvent.type(screen.getByLabelText(/First name/), " Ada ");
  await userEvent.click(await screen.findByLabelText("Staff"));
  await userEvent.click(screen.getByText("Create"));
  expect(sent).toEqual([
    { firstName: "Ada", lastName: "", number: "", email: "", groupIds: ["g1"], validFrom: null, validTo: null },
  ]);
});

test("the server's problems stand at their fields, and the first one has the focus", async () => {
  show([
    { code: "VALIDATION", message: "Enter a last name.", path: ["input", "lastName"] },
    { code: "PERMISSION", message: "You may not do this.", path: [] },
  ]);
  await userEvent.click(screen.getByText("Create"));
  const field = await screen.findByLabelText(/Last name/);
  await vi.waitFor(() => expect(field).toHaveFocus());
  expect(field).toHaveAccessibleDescription("Enter a last name.");
  expect(field).toBeInvalid();
  expect(screen.getByRole("alert")).toHaveTextContent("You may not do this.");
});
