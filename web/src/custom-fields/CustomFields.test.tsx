import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { CustomFieldRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { Api, fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { aViewer, OUTDATED } from "../testing/people";
import { CustomFields } from "./CustomFields";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

function aField(given: Partial<CustomFieldRowFragment> = {}): CustomFieldRowFragment {
  return { id: "f1", name: "Shoe size", kind: "NUMBER", choices: [], required: false, position: 0, valueCount: 2, version: 6, ...given };
}
const SITE = aField({ id: "f2", name: "Site", kind: "CHOICE", choices: ["North", "South"], required: true, position: 1, valueCount: 0 });

function show({ fields = [aField(), SITE], viewer = aViewer(), errors = [] as unknown[][] } = {}) {
  let stored = fields;
  const { api, asked } = fakeApi(({ operationName }) =>
    operationName === "CustomFieldRows" ? { customFields: stored } : { outcome: { customField: { id: "f1" }, errors: errors.shift() ?? [] } },
  );
  const { container } = render(
    <Api api={api}>
      <CustomFields viewer={viewer} />
    </Api>,
  );
  const sent = (operation: string) => asked.filter((each) => each.operationName === operation).map(({ variables }) => variables);
  return { sent, container, store: (next: CustomFieldRowFragment[]) => (stored = next) };
}

test("fields are shown in their order with what they hold and how many values there are", async () => {
  const { container } = show();
  const [size, site] = await screen.findAllByTestId("custom-field");
  for (const words of ["Shoe size", "Number", "2 values"]) expect(size).toHaveTextContent(words);
  for (const words of ["Site", "North, South", "Required", "0 values"]) expect(site).toHaveTextContent(words);
  expect(await faultsOf(container)).toEqual([]);
});

test("a field of choices is created with them, one a line", async () => {
  const { sent, container } = show();
  await userEvent.click(screen.getByTestId("new-custom-field"));
  await userEvent.type(screen.getByLabelText(/^Name/), "Colour");
  expect(screen.queryByLabelText("Choices")).toBeNull();
  await userEvent.selectOptions(screen.getByLabelText("Holds"), "One of several choices");
  await userEvent.type(screen.getByLabelText("Choices"), "Red{enter}{enter} Blue ");
  await userEvent.click(screen.getByLabelText("Required"));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Create the field"));
  await vi.waitFor(() =>
    expect(sent("CreateCustomField")).toEqual([
      { input: { name: "Colour", kind: "CHOICE", choices: ["Red", "Blue"], required: true } },
    ]),
  );
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("a field moves one place, and the ends move no further", async () => {
  const { sent } = show();
  expect(await screen.findByRole("button", { name: "Move Shoe size up" })).toBeDisabled();
  expect(screen.getByRole("button", { name: "Move Site down" })).toBeDisabled();
  await userEvent.click(screen.getByRole("button", { name: "Move Site up" }));
  expect(sent("UpdateCustomField")).toEqual([{ input: { id: "f2", expectedVersion: 6, position: 0 } }]);
});

test("deleting says how many values would be lost, and confirms that number", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Delete Shoe size" }));
  await userEvent.click(screen.getByRole("button", { name: "Delete the field and the values of 2 cardholders" }));
  await vi.waitFor(() => expect(sent("DeleteCustomField")).toEqual([{ id: "f1", expectedVersion: 6, confirm: 2 }]));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("when the number of values has changed meanwhile, it asks again with the present one", async () => {
  const message = "3 cardholders have a value in Shoe size, which would be lost.";
  const { sent, store } = show({ errors: [[{ code: "CONFLICT", message, path: ["confirm"] }]] });
  await userEvent.click(await screen.findByRole("button", { name: "Delete Shoe size" }));
  store([aField({ valueCount: 3 }), SITE]);
  await userEvent.click(screen.getByRole("button", { name: "Delete the field and the values of 2 cardholders" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(message);
  await userEvent.click(await screen.findByRole("button", { name: "Delete the field and the values of 3 cardholders" }));
  await vi.waitFor(() => expect(sent("DeleteCustomField").at(-1)).toMatchObject({ confirm: 3 }));
});

test("a field without values needs no number", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Delete Site" }));
  await userEvent.click(screen.getByRole("button", { name: "Delete the field" }));
  await vi.waitFor(() => expect(sent("DeleteCustomField")).toEqual([{ id: "f2", expectedVersion: 6, confirm: null }]));
});

test("an outdated change says so and loads the fields again", async () => {
  const { sent } = show({ errors: [[OUTDATED]] });
  await userEvent.click(await screen.findByRole("button", { name: "Edit Site" }));
  await userEvent.click(screen.getByText("Save"));
  const asked = sent("CustomFieldRows").length;
  await userEvent.click(await screen.findByText("Load it again and drop my changes"));
  await vi.waitFor(() => expect(sent("CustomFieldRows").length).toBeGreaterThan(asked));
  expect(sent("UpdateCustomField")).toEqual([
    { input: { id: "f2", expectedVersion: 6, name: "Site", kind: "CHOICE", choices: ["North", "South"], required: true } },
  ]);
});

test("who may not configure only sees the fields", async () => {
  show({ viewer: aViewer(["cardholder.view", "cardholder.write"]) });
  await screen.findAllByTestId("custom-field");
  expect(screen.queryByRole("button")).toBeNull();
});
