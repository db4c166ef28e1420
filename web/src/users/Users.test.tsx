import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { UserRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { accepted, refused, showScreen } from "../testing/configuration";
import { noDialogs } from "../testing/dialog";
import { aViewer } from "../testing/people";
import { Accounts } from "./Accounts";
import type { UsersRoute } from "./place";
import { parseUsers, usersHref } from "./place";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

function aUser(given: Partial<UserRowFragment> = {}): UserRowFragment {
  return {
    id: "u2",
    name: "Mallory",
    kind: "PERSON",
    permissions: ["account.own", "door.view"],
    role: "OPERATOR",
    enabled: true,
    firstToDo: null,
    hasSecondFactor: false,
    passkeyCount: 0,
    lastSignInAt: null,
    waitsUntil: null,
    version: 3,
    roles: [],
    ...given,
  };
}

function show(route: UsersRoute, answers: Record<string, unknown>, permissions = ["user.write"]) {
  return showScreen(<Accounts route={route} viewer={aViewer(permissions)} onChanged={vi.fn<() => void>()} />, answers);
}

function showUser(given: Partial<UserRowFragment> = {}, answers: Record<string, unknown> = {}) {
  return show({ screen: "users", id: given.id ?? "u2" }, { UserDetail: { user: aUser(given), sessions: [], passkeys: [], oidcLinks: [], tokens: [] }, ...answers });
}

test("users are shown with their role and what keeps them out", async () => {
  const users = [aUser(), aUser({ id: "u3", name: "Off", enabled: false }), aUser({ id: "u4", name: "Slow", waitsUntil: "2026-03-03T09:00:00Z" })];
  const { container } = show({ screen: "users", id: null }, { UserRows: { users } });
  const [first, off, slow] = await screen.findAllByTestId("user");
  for (const words of ["Mallory", "Operator", "Can sign in", "Never"]) expect(first).toHaveTextContent(words);
  expect(off).toHaveTextContent("Disabled");
  expect(slow).toHaveTextContent("Waits after failures");
  expect(await faultsOf(container)).toEqual([]);
});

test("who may not see users is told so, but sees the own account", async () => {
  show({ screen: "users", id: null }, {}, []);
  expect(screen.getByText("You may not see users.")).toBeVisible();
});

test("a user is created with a first password, and a poor one is refused at its field", async () => {
  const { sent } = show(
    { screen: "users", id: null },
    { UserRows: { users: [] }, CreateUser: refused("VALIDATION", "A password has at least 10 characters.", "password") },
  );
  await userEvent.click(await screen.findByTestId("new-user"));
  await userEvent.type(screen.getByLabelText(/^Name/), " Trent ");
  await userEvent.selectOptions(screen.getByLabelText("Role"), "Viewer");
  await userEvent.type(screen.getByLabelText(/^First password/), "short");
  await userEvent.click(screen.getByText("Create the user"));
  expect(await screen.findByText("A password has at least 10 characters.")).toBeVisible();
  expect(sent("CreateUser")).toEqual({ input: { name: "Trent", role: "VIEWER", password: "short" } });
});

test("role and enabling are changed with the version that was seen", async () => {
  const { container, sent } = showUser({}, { UpdateUser: accepted({ user: aUser({ version: 4 }) }) });
  await userEvent.selectOptions(await screen.findByLabelText("Role"), "Administrator");
  await userEvent.click(screen.getByLabelText("May sign in"));
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(screen.getByText("Saved.")).toBeVisible());
  expect(sent("UpdateUser")).toEqual({
    input: { id: "u2", expectedVersion: 3, name: "Mallory", role: "ADMINISTRATOR", enabled: false },
  });
  expect(await faultsOf(container)).toEqual([]);
});

test("one's own role is not offered, nor one's own deletion", async () => {
  showUser({ id: "u1", name: "Eve" });
  expect(await screen.findByText(/Nobody changes their own role/)).toBeVisible();
  expect(screen.queryByText("Delete")).toBeNull();
  expect(screen.queryByText("Give a new password")).toBeNull();
});

test("whoever waits is let in", async () => {
  const { sent } = showUser({ waitsUntil: "2026-03-03T09:00:00Z" }, { UnlockUser: accepted() });
  await userEvent.click(await screen.findByText("Let in at once"));
  expect(sent("UnlockUser")).toEqual({ id: "u2" });
  expect(await screen.findByText("Mallory can sign in again now.")).toBeVisible();
});

test("a new password is given, and a lost second factor removed", async () => {
  const { sent } = showUser({ hasSecondFactor: true }, { ResetPassword: accepted(), RemoveSecondFactor: accepted() });
  await userEvent.click(await screen.findByText("Give a new password"));
  await userEvent.type(within(screen.getByRole("dialog")).getByLabelText(/^Password/), "a fresh start");
  await userEvent.click(screen.getByText("Give it"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("ResetPassword")).toEqual({ input: { id: "u2", password: "a fresh start" } });
  await userEvent.click(screen.getByText("Remove the second factor"));
  await userEvent.click(screen.getByText("Remove it"));
  await vi.waitFor(() => expect(sent("RemoveSecondFactor")).toEqual({ id: "u2" }));
});

test("a refused deletion says why", async () => {
  showUser({}, { DeleteUser: refused("CONFLICT", "This is the last administrator who can sign in.") });
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(screen.getByText("Delete the user"));
  expect(await screen.findByText("This is the last administrator who can sign in.")).toBeVisible();
});

test("the rules are shown in minutes and sent in seconds", async () => {
  const rules = { minPasswordLength: 10, secondFactor: "OPTIONAL", idleTimeout: "PT10M", longestToken: "P365D", version: 1 };
  const { container, sent } = show({ screen: "sign-in-rules" }, { SignInRules: { signInRules: rules }, UpdateSignInRules: accepted() });
  const minutes = await screen.findByLabelText(/^End sessions/);
  expect(minutes).toHaveValue(10);
  await userEvent.clear(minutes);
  await userEvent.selectOptions(screen.getByLabelText("Who has a second factor"), "Every administrator");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() =>
    expect(sent("UpdateSignInRules")).toEqual({
      input: { expectedVersion: 1, minPasswordLength: 10, secondFactor: "ADMINISTRATORS", idleTimeout: null, longestToken: "P365D" },
    }),
  );
});

test.each([
  [{ screen: "users", id: null }, "#/users"],
  [{ screen: "users", id: "u 1" }, "#/users/u%201"],
  [{ screen: "sign-in-rules" }, "#/users/rules"],
  [{ screen: "sign-in-providers" }, "#/users/providers"],
  [{ screen: "account" }, "#/account"],
] as const)("%o is at %s", (route, href) => {
  expect(usersHref(route)).toBe(href);
  const [, first = "", second = ""] = href.split("/");
  expect(parseUsers(first, decodeURIComponent(second))).toEqual(route);
});
