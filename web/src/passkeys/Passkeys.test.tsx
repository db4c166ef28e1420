import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { PasskeyRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { accepted, refused, showScreen } from "../testing/configuration";
import { fakeDevice } from "../testing/device";
import { noDialogs } from "../testing/dialog";
import { aViewer } from "../testing/people";
import { Passkeys } from "./Passkeys";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const PHONE: PasskeyRowFragment = {
  id: "p1",
  name: "Phone",
  site: "doors.example",
  backedUp: true,
  createdAt: "2026-03-03T08:00:00Z",
  lastUsedAt: null,
};

function show(answers: Record<string, unknown>, passkeys: PasskeyRowFragment[] = [PHONE], viewer = aViewer()) {
  const changed = vi.fn<() => void>();
  const reload = vi.fn<() => void>();
  return { changed, reload, ...showScreen(<Passkeys viewer={viewer} passkeys={passkeys} onChanged={changed} onReload={reload} />, answers) };
}

async function add(): Promise<void> {
  await userEvent.click(screen.getByText("New passkey"));
  const name = screen.getByLabelText(/^Name/);
  await userEvent.clear(name);
  await userEvent.type(name, " Key ring ");
  await userEvent.type(screen.getByLabelText(/^Your password/), "a password");
  await userEvent.click(screen.getByText("Add a passkey"));
}

test("a passkey is added with the password, and the first one brings recovery codes", async () => {
  const asked = fakeDevice();
  const { changed, container, sent } = show(
    { BeginPasskey: accepted({ options: '{"challenge":"x"}' }), AddPasskey: accepted({ recoveryCodes: ["aaaa-bbbb-cccc"], user: aViewer() }) },
    [],
  );
  expect(screen.getByText(/no false page can ask for it/)).toBeVisible();
  await add();
  expect(await screen.findByText("aaaa-bbbb-cccc")).toBeVisible();
  expect(asked).toEqual([{ challenge: "x" }]);
  expect(sent("BeginPasskey")).toEqual({ input: { password: "a password" } });
  expect(sent("AddPasskey")).toEqual({ input: { name: "Key ring", credential: '{"id":"fake"}' } });
  expect(changed).toHaveBeenCalled();
  expect(await faultsOf(container)).toEqual([]);
});

test("a wrong password is said at its field, and no device is asked", async () => {
  const asked = fakeDevice();
  show({ BeginPasskey: refused("VALIDATION", "This is not your password.", "password") });
  await add();
  expect(await screen.findByText("This is not your password.")).toBeVisible();
  expect(asked).toEqual([]);
});

test("whoever says no to the device is told that nothing was made", async () => {
  fakeDevice({ refuse: true });
  const { sent } = show({ BeginPasskey: accepted({ options: "{}" }) });
  await add();
  expect(await screen.findByText("No passkey was made.")).toBeVisible();
  expect(sent("AddPasskey")).toBeUndefined();
});

test("who has no password is not asked for one", async () => {
  fakeDevice();
  const { sent } = show({ BeginPasskey: refused("VALIDATION", "Sign in again.", "password") }, [], { ...aViewer(), hasPassword: false });
  await userEvent.click(screen.getByText("New passkey"));
  expect(screen.queryByLabelText(/^Your password/)).toBeNull();
  await userEvent.click(screen.getByText("Add a passkey"));
  expect(await screen.findByText("Sign in again.")).toBeVisible();
  expect(sent("BeginPasskey")).toEqual({ input: { password: null } });
});

test("a passkey is renamed and removed", async () => {
  fakeDevice();
  const { container, reload, sent } = show({ RenamePasskey: accepted(), RemoveOwnPasskey: accepted({ user: aViewer() }) });
  expect(screen.getByTestId("passkey")).toHaveTextContent("doors.example");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Rename Phone" }));
  await userEvent.type(screen.getByLabelText(/^Name/), " 2");
  await userEvent.click(screen.getByText("Rename it"));
  await vi.waitFor(() => expect(reload).toHaveBeenCalled());
  expect(sent("RenamePasskey")).toEqual({ input: { id: "p1", name: "Phone 2" } });
  await userEvent.click(screen.getByRole("button", { name: "Remove Phone" }));
  await userEvent.type(screen.getByLabelText(/^Your password/), "a password");
  await userEvent.click(screen.getByText("Remove it"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("RemoveOwnPasskey")).toEqual({ input: { id: "p1", password: "a password" } });
});

test("a browser that has none offers none", () => {
  show({}, []);
  expect(screen.queryByText("New passkey")).toBeNull();
  expect(screen.getByText(/takes HTTPS and a host name/)).toBeVisible();
});
