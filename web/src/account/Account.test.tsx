import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { SessionRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { accepted, refused, showScreen } from "../testing/configuration";
import { fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { aViewer } from "../testing/people";
import { Account } from "./Account";
import { clientWords } from "./client-words";
import { FirstToDo } from "./FirstToDo";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
function aSession(given: Partial<SessionRowFragment> = {}): SessionRowFragment {
  return {
    id: "s1",
    userName: "Eve",
    address: "192.0.2.1",
    client: FIREFOX,
    createdAt: "2026-03-03T08:00:00Z",
    lastUsedAt: "2026-03-03T09:00:00Z",
    expiresAt: "2026-03-03T20:00:00Z",
    current: true,
    ...given,
  };
}
const OTHER = aSession({ id: "s2", current: false, address: "192.0.2.9", client: null });
const SESSIONS = { ownSessions: [aSession(), OTHER], recoveryCodesLeft: 7, ownPasskeys: [], ownTokens: [] };
const CODES = ["aaaa-bbbb-cccc", "dddd-eeee-ffff"];

function show(answers: Record<string, unknown> = {}, hasSecondFactor = false, permissions?: string[]) {
  const changed = vi.fn<() => void>();
  const viewer = { ...aViewer(permissions), hasSecondFactor, hasAuthenticator: hasSecondFactor };
  return { changed, viewer, ...showScreen(<Account viewer={viewer} onChanged={changed} />, { OwnSessions: SESSIONS, OwnLinks: { ownOidcLinks: [], signInChoices: [] }, ...answers }) };
}

test("one's sessions are shown, and all but the present one can be ended", async () => {
  const { container, sent } = show({ EndOwnSession: accepted({ ended: 1 }), EndOtherSessions: accepted({ ended: 1 }) });
  const [here, other] = await screen.findAllByTestId("session");
  expect(here).toHaveTextContent("Firefox on Linux");
  expect(here).toHaveTextContent("This one");
  expect(within(here as HTMLElement).queryByRole("button")).toBeNull();
  await userEvent.click(within(other as HTMLElement).getByRole("button", { name: "End the session of Unknown program at 192.0.2.9" }));
  expect(sent("EndOwnSession")).toEqual({ id: "s2" });
  await userEvent.click(screen.getByRole("button", { name: "End all others" }));
  expect(sent("EndOtherSessions")).toEqual({});
  expect(await faultsOf(container)).toEqual([]);
});

test("the explorer is offered to those who may use it", async () => {
  show({}, false, ["api.explore"]);
  expect(await screen.findByRole("link", { name: "Try the API out" })).toHaveAttribute("href", "/explorer");
});

test("the explorer is not offered to anybody else", async () => {
  show();
  expect(await screen.findByText("Where you are signed in")).toBeVisible();
  expect(screen.queryByRole("heading", { name: "API explorer" })).toBeNull();
});

test("a new password is typed twice and sent once", async () => {
  const user = aViewer();
  const { changed, sent } = show({ ChangePassword: accepted({ user }) });
  await userEvent.type(screen.getByLabelText(/^Present password/), "old one");
  await userEvent.type(screen.getByLabelText(/^New password \(/), "a long new one");
  await userEvent.type(screen.getByLabelText(/^New password again/), "another");
  await userEvent.click(screen.getByText("Change the password"));
  expect(await screen.findByText("This is not the same as the new password.")).toBeVisible();
  expect(sent("ChangePassword")).toBeUndefined();
  await userEvent.clear(screen.getByLabelText(/^New password again/));
  await userEvent.type(screen.getByLabelText(/^New password again/), "a long new one");
  await userEvent.click(screen.getByText("Change the password"));
  await vi.waitFor(() => expect(changed).toHaveBeenCalledWith(user));
  expect(sent("ChangePassword")).toEqual({ input: { oldPassword: "old one", newPassword: "a long new one" } });
  expect(screen.getByLabelText(/^Present password/)).toHaveValue("");
});

test("what is wrong with a password is said at it", async () => {
  show({ ChangePassword: refused("VALIDATION", "This is not your password.", "oldPassword") });
  await userEvent.click(await screen.findByText("Change the password"));
  await vi.waitFor(() => expect(screen.getByLabelText(/^Present password/)).toHaveFocus());
  expect(screen.getByLabelText(/^Present password/)).toHaveAccessibleDescription("This is not your password.");
});

test("an authenticator is set up with password, code and recovery codes, in this order", async () => {
  const user = { ...aViewer(), hasSecondFactor: true };
  const { changed, container, sent } = show({
    BeginSecondFactor: accepted({ uri: "otpauth://x", secret: "ABCD EFGH", svg: "<svg/>" }),
    ConfirmSecondFactor: accepted({ codes: CODES, user }),
  });
  await userEvent.click(await screen.findByText("Set up an authenticator"));
  const dialog = screen.getByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText(/^Your password/), "mine");
  await userEvent.click(screen.getByText("Go on"));
  expect(await screen.findByText("ABCD EFGH")).toBeVisible();
  expect(sent("BeginSecondFactor")).toEqual({ password: "mine" });
  await vi.waitFor(() => expect(screen.getByLabelText(/^Code/)).toHaveFocus());
  await userEvent.type(screen.getByLabelText(/^Code/), "123456");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Turn it on"));
  expect(await screen.findByText(CODES[0] as string)).toBeVisible();
  expect(changed).toHaveBeenCalledWith(user);
  await userEvent.click(screen.getByText("I have them"));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("who has a second factor sees how many recovery codes are left, and makes new ones", async () => {
  const { sent } = show({ MakeRecoveryCodes: accepted({ codes: CODES }) }, true);
  expect(await screen.findByText(/You have 7 recovery codes left/)).toBeVisible();
  await userEvent.click(screen.getByText("Make new recovery codes"));
  await userEvent.type(within(screen.getByRole("dialog")).getByLabelText(/^Your password/), "mine");
  await userEvent.click(screen.getByText("Make new codes"));
  expect(await screen.findByText(CODES[1] as string)).toBeVisible();
  expect(sent("MakeRecoveryCodes")).toEqual({ password: "mine" });
});

test("a refused removal keeps the second factor and says why", async () => {
  const { changed } = show({ DropSecondFactor: refused("CONFLICT", "This site requires a second factor of you.") }, true);
  await userEvent.click(await screen.findByText("Turn the authenticator off"));
  await userEvent.click(within(screen.getByRole("dialog")).getByText("Turn it off", { selector: "button" }));
  expect(await screen.findByText("This site requires a second factor of you.")).toBeVisible();
  expect(changed).not.toHaveBeenCalled();
});

test.each([
  ["CHANGE_PASSWORD", "Choose a password of your own", "change-password"],
  ["ADD_SECOND_FACTOR", "Set up a second factor", "second-factor"],
] as const)("who must first %s sees nothing else, and may sign out", async (firstToDo, title, form) => {
  const { api } = fakeApi(() => ({}));
  const out = vi.fn<() => void>();
  const { container } = render(<FirstToDo api={api} viewer={{ ...aViewer([]), firstToDo }} onChanged={vi.fn<() => void>()} onSignOut={out} />);
  expect(screen.getByRole("heading", { name: title })).toBeVisible();
  expect(screen.getByTestId(form)).toBeVisible();
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Sign out"));
  expect(out).toHaveBeenCalled();
});

test.each([
  [FIREFOX, "Firefox on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"],
  ["python-httpx/0.28.1", "python-httpx/0.28.1"],
  [null, "Unknown program"],
])("%s is called %s", (client, words) => expect(clientWords(client)).toBe(words));
