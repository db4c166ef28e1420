import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { CardholderDetailFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { Api, fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { aCardholder, aCredential, aViewer, OUTDATED } from "../testing/people";
import { CardholderScreen } from "./CardholderScreen";

beforeEach(noDialogs);
afterEach(() => {
  vi.unstubAllGlobals();
  location.hash = "";
});

interface Given {
  cardholder?: CardholderDetailFragment | null;
  viewer?: ReturnType<typeof aViewer>;
  /** What the server says to each mutation, in order; then nothing more. */
  errors?: unknown[][];
  photo?: (url: string, init: RequestInit) => Response;
}

function show({ cardholder = aCardholder(), viewer = aViewer(), errors = [], photo }: Given = {}) {
  let stored = cardholder;
  const { api, asked } = fakeApi(({ operationName }) => {
    switch (operationName) {
      case "Cardholder":
        return { cardholder: stored };
      case "Groups":
        return { groups: [] };
      case "CustomFieldInputs":
        return { customFields: [] };
      default:
        return { outcome: { cardholder: stored, deletedId: "c1", errors: errors.shift() ?? [] } };
    }
  }, photo);
  const { container } = render(
    <Api api={api}>
      <CardholderScreen id="c1" viewer={viewer} />
    </Api>,
  );
  const sent = (operation: string) => asked.filter((each) => each.operationName === operation).map(({ variables }) => variables);
  return { asked, sent, container, store: (next: CardholderDetailFragment) => (stored = next) };
}

test("everything that is known of a cardholder is shown, and is accessible", async () => {
  const { container } = show({
    cardholder: aCardholder({
      phone: "+49 30 1234",
      notes: "Left\nhanded",
      longAccess: true,
      visitor: true,
      host: { id: "h1", name: "Grace Hopper", number: "9" },
      customFields: [{ fieldId: "f1", name: "Shoe size", value: "38" }],
      credentials: [aCredential()],
    }),
  });
  await screen.findByRole("heading", { name: "Ada Byron" });
  for (const words of ["+49 30 1234", "Long access time", "Shoe size", "38"]) expect(screen.getByText(words)).toBeVisible();
  expect(screen.getByRole("link", { name: "Grace Hopper" })).toHaveAttribute("href", "#/cardholders/h1");
  expect(await faultsOf(container)).toEqual([]);
});

test("a change sends only what changed, with the version that was seen", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByTestId("edit-cardholder"));
  await userEvent.type(screen.getByLabelText("Phone"), "123");
  await userEvent.click(screen.getByText("Save"));
  expect(sent("UpdateCardholder")).toEqual([{ input: { id: "c1", expectedVersion: 3, phone: "123" } }]);
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("a change that comes too late is not sent again over the other one: it offers to load that", async () => {
  const { sent, store } = show({ errors: [[OUTDATED]] });
  await userEvent.click(await screen.findByTestId("edit-cardholder"));
  await userEvent.type(screen.getByLabelText("Phone"), "123");
  store(aCardholder({ phone: "999", version: 4 }));
  await userEvent.click(screen.getByText("Save"));
  expect(await screen.findByRole("alert")).toHaveTextContent("Somebody else has changed this meanwhile.");
  await userEvent.click(screen.getByRole("button", { name: "Load it again and drop my changes" }));
  expect(await screen.findByText("999")).toBeVisible();
  await userEvent.click(screen.getByTestId("edit-cardholder"));
  expect(screen.getByLabelText("Phone")).toHaveValue("999");
  await userEvent.clear(screen.getByLabelText("Phone"));
  await userEvent.click(screen.getByText("Save"));
  expect(sent("UpdateCardholder").at(-1)).toEqual({ input: { id: "c1", expectedVersion: 4, phone: "" } });
});

test("a form that is open keeps the version it began with, whatever the screen learns meanwhile", async () => {
  const { sent, store } = show();
  await userEvent.click(await screen.findByTestId("edit-cardholder"));
  store(aCardholder({ email: "new@example.org", version: 4 }));
  // Behind the dialog, where only a test can reach it: any change loads the cardholder again.
  await userEvent.click(screen.getByTestId("suspend-cardholder"));
  expect(await screen.findByText("new@example.org")).toBeVisible();
  await userEvent.type(screen.getByLabelText("Phone"), "123");
  await userEvent.click(screen.getByText("Save"));
  expect(sent("UpdateCardholder").at(-1)).toEqual({ input: { id: "c1", expectedVersion: 3, phone: "123" } });
});

test("deleting names what goes, and a refusal is told in the server's words", async () => {
  const message = "Ada Byron is the host of Max Guest. Give them another host first.";
  const cardholder = aCardholder({
    groups: [{ id: "g1", name: "Staff" }],
    credentials: [aCredential({ name: "Blue card" }), aCredential({ id: "k2", kind: "PIN", name: "PIN" })],
  });
  const { sent, container } = show({ cardholder, errors: [[{ code: "CONFLICT", message, path: ["id"] }]] });
  await userEvent.click(await screen.findByTestId("delete-cardholder"));
  const dialog = screen.getByRole("dialog");
  for (const words of [/Blue card \(Card\)/, /PIN, which opens/, /membership of Staff/]) expect(within(dialog).getByText(words)).toBeVisible();
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(within(dialog).getByText("Delete the cardholder"));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent(message);
  expect(location.hash).toBe("");
  await userEvent.click(within(dialog).getByText("Delete the cardholder"));
  await vi.waitFor(() => expect(location.hash).toBe("#/cardholders"));
  const attempt = { id: "c1", expectedVersion: 3 };
  expect(sent("DeleteCardholder")).toEqual([attempt, attempt]);
});

test("a cardholder of a directory can be released from it, but not deleted or suspended against it", async () => {
  const { sent } = show({ cardholder: aCardholder({ directory: "LDAP", directoryFields: ["suspended", "photo"] }) });
  await userEvent.click(await screen.findByText("Release from LDAP"));
  expect(screen.queryByTestId("delete-cardholder")).toBeNull();
  expect(screen.getByTestId("suspend-cardholder")).toBeDisabled();
  expect(screen.getByTestId("edit-photo")).toBeDisabled();
  await userEvent.click(screen.getByRole("button", { name: "Release" }));
  await vi.waitFor(() => expect(sent("ReleaseCardholder")).toEqual([{ id: "c1", expectedVersion: 3 }]));
});

test("a photo is seen before it is sent, and sent with the version", async () => {
  // jsdom has no object URLs.
  Object.assign(URL, { createObjectURL: () => "blob:preview", revokeObjectURL: () => undefined });
  const requests: [string, RequestInit][] = [];
  show({
    photo: (url, init) => {
      requests.push([url, init]);
      return Response.json({ photoUrl: "/photos/x", version: 4 });
    },
  });
  await userEvent.click(await screen.findByTestId("edit-photo"));
  const picture = new File(["pixels"], "ada.png", { type: "image/png" });
  await userEvent.upload(screen.getByLabelText("Picture"), picture);
  expect(screen.getByAltText("As it will be shown")).toHaveAttribute("src", "blob:preview");
  expect(requests).toEqual([]);
  await userEvent.click(screen.getByText("Use this picture"));
  await vi.waitFor(() => expect(screen.queryByTestId("photo-dialog")).toBeNull());
  expect(requests).toHaveLength(1);
  const [url, init] = requests[0] ?? ["", {}];
  expect([url, init.method, init.body]).toEqual(["/cardholders/c1/photo", "PUT", picture]);
  const headers = new Headers(init.headers);
  expect([headers.get("doorward-request"), headers.get("if-match")]).toEqual(["1", '"3"']);
});

test("a photo can be taken away; a refusal keeps the dialog open with its words", async () => {
  const answers = [Response.json({ error: "Somebody else has changed this meanwhile." }, { status: 409 }), Response.json({})];
  const methods: unknown[] = [];
  show({
    cardholder: aCardholder({ photoUrl: "/photos/x" }),
    photo: (_url, { method }) => {
      methods.push(method);
      return answers.shift() ?? Response.error();
    },
  });
  await userEvent.click(await screen.findByTestId("edit-photo"));
  await userEvent.click(screen.getByText("Remove the photo"));
  expect(await screen.findByRole("alert")).toHaveTextContent("Somebody else has changed this meanwhile.");
  expect(screen.getByText("Load it again and drop my changes")).toBeVisible();
  await userEvent.click(screen.getByText("Remove the photo"));
  await vi.waitFor(() => expect(screen.queryByTestId("photo-dialog")).toBeNull());
  expect(methods).toEqual(["DELETE", "DELETE"]);
});

test("who may only look is offered nothing else", async () => {
  show({ viewer: aViewer(["cardholder.view"]), cardholder: aCardholder({ credentials: [aCredential()] }) });
  await screen.findByTestId("credential");
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.queryByRole("combobox")).toBeNull();
});

test("a cardholder who is not there is said to be missing", async () => {
  show({ cardholder: null });
  expect(await screen.findByText("There is no such cardholder.")).toBeVisible();
});
