import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import type { CardholderDetailFragment, CustomFieldInputFragment, ProblemFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { Api, fakeApi } from "../testing/api";
import { aCardholder, aPage } from "../testing/people";
import type { CardholderDraft } from "./cardholder-draft";
import { CardholderForm } from "./CardholderForm";

afterEach(() => vi.unstubAllGlobals());

interface Given {
  problems?: readonly ProblemFragment[];
  cardholder?: CardholderDetailFragment;
  custom?: CustomFieldInputFragment[];
}

function show({ problems = [], cardholder, custom = [] }: Given = {}) {
  const sent: CardholderDraft[] = [];
  const { api } = fakeApi(({ operationName }) => {
    if (operationName === "Groups") return { groups: [{ id: "g1", name: "Staff", __typename: "Group" }] };
    if (operationName === "CustomFieldInputs") return { customFields: custom };
    return { cardholders: aPage([{ ...aCardholder(), id: "h1", firstName: "Grace", lastName: "Hopper", number: "9" }]) };
  });
  const { container } = render(
    <Api api={api}>
      <CardholderForm
        {...(cardholder && { cardholder })}
        action="Create"
        onCancel={() => undefined}
        onSubmit={async (draft) => {
          sent.push(draft);
          return problems;
        }}
      />
    </Api>,
  );
  return { sent, container };
}

test("what was entered is sent trimmed, with the groups that were ticked", async () => {
  const { sent } = show();
  await userEvent.type(screen.getByLabelText(/First name/), " Ada ");
  await userEvent.type(screen.getByLabelText("Notes"), "Left{enter}handed");
  await userEvent.click(screen.getByLabelText("Exempt from lockdown"));
  await userEvent.click(await screen.findByLabelText("Staff"));
  await userEvent.click(screen.getByText("Create"));
  expect(sent).toEqual([
    {
      firstName: "Ada",
      lastName: "",
      number: "",
      email: "",
      phone: "",
      notes: "Left\nhanded",
      groupIds: ["g1"],
      validFrom: null,
      validTo: null,
      suspended: false,
      longAccess: false,
      doubleSwipe: false,
      exemptLockdown: true,
      exemptAntipassback: false,
      escortRequired: false,
      isGlobal: false,
      visitor: false,
      hostId: null,
      customFields: [],
    },
  ]);
});

test("the server's problems stand at their fields, and the first one has the focus", async () => {
  show({
    problems: [
      { code: "VALIDATION", message: "Enter a last name.", path: ["input", "lastName"] },
      { code: "PERMISSION", message: "You may not do this.", path: [] },
    ],
  });
  await userEvent.click(screen.getByText("Create"));
  const field = await screen.findByLabelText(/Last name/);
  await vi.waitFor(() => expect(field).toHaveFocus());
  expect(field).toHaveAccessibleDescription("Enter a last name.");
  expect(field).toBeInvalid();
  expect(screen.getByRole("alert")).toHaveTextContent("You may not do this.");
});

test("custom fields are entered as their kind asks for, and their problems stand at them", async () => {
  const custom: CustomFieldInputFragment[] = [
    { id: "f1", name: "Shoe size", kind: "NUMBER", choices: [], required: true },
    { id: "f2", name: "Trained", kind: "DATE", choices: [], required: false },
    { id: "f3", name: "Site", kind: "CHOICE", choices: ["North", "South"], required: false },
  ];
  const message = "This is not a number: use digits and a decimal point, for example -12.5.";
  const { sent, container } = show({ custom, problems: [{ code: "VALIDATION", message, path: ["customFields", "f1"] }] });
  const size = await screen.findByLabelText(/Shoe size/);
  await userEvent.type(size, "big");
  await userEvent.type(screen.getByLabelText("Trained"), "2026-01-31");
  await userEvent.selectOptions(screen.getByLabelText("Site"), "South");
  await userEvent.click(screen.getByText("Create"));
  expect(sent[0]?.customFields).toEqual([
    { fieldId: "f1", value: "big" },
    { fieldId: "f2", value: "2026-01-31" },
    { fieldId: "f3", value: "South" },
  ]);
  expect(size).toHaveAccessibleDescription(message);
  expect(await faultsOf(container)).toEqual([]);
});

test("a visitor gets a host, found by searching", async () => {
  const { sent } = show();
  expect(screen.queryByLabelText("Add to host")).toBeNull();
  await userEvent.click(screen.getByLabelText("Visitor"));
  await userEvent.click(screen.getByLabelText("Add to host"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Grace Hopper (9)" }));
  await userEvent.click(screen.getByText("Create"));
  expect(sent[0]).toMatchObject({ visitor: true, hostId: "h1" });
});

test("what a directory owns cannot be changed here, and the form says why", async () => {
  const cardholder = aCardholder({ directory: "Staff LDAP", directoryFields: ["firstName", "suspended", "groupIds"] });
  const { container } = show({ cardholder });
  const field = screen.getByLabelText(/First name/);
  expect(field).toHaveAttribute("readonly");
  expect(field).toHaveAccessibleDescription("Comes from the directory Staff LDAP. Change it there.");
  expect(screen.getByLabelText("Suspended")).toBeDisabled();
  expect(await screen.findByLabelText("Staff")).toBeDisabled();
  expect(screen.getByLabelText(/Last name/)).not.toHaveAttribute("readonly");
  expect(await faultsOf(container)).toEqual([]);
});
