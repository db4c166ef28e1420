import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { fakeApi } from "../testing/api";
import { accepted, refused } from "../testing/configuration";
import { fakeDevice } from "../testing/device";
import { aViewer } from "../testing/people";
import { elsewhereWords } from "./elsewhere-words";
import { SignIn } from "./SignIn";

afterEach(() => vi.unstubAllGlobals());

const NOTHING = { user: null, secondFactorNeeded: false, codePossible: true, passkeyOptions: null, errors: [] };

function show(answer: (input: Record<string, unknown>) => object, others: Record<string, unknown> = {}) {
  const asked: { variables: Record<string, unknown> }[] = [];
  const { api } = fakeApi(({ operationName, variables }) => {
    if (operationName === "SignInChoices") return others[operationName] ?? { signInChoices: [] };
    asked.push({ variables });
    return others[operationName] ?? { signIn: { ...NOTHING, ...answer(variables["input"] as Record<string, unknown>) } };
  });
  const signedIn = vi.fn<() => void>();
  const { container } = render(<SignIn api={api} expired={false} onSignedIn={signedIn} />);
  return { asked, container, signedIn };
}

async function enterPassword(): Promise<void> {
  await userEvent.type(screen.getByLabelText(/^Name/), "eve");
  await userEvent.type(screen.getByLabelText(/^Password/), "a password");
  await userEvent.click(screen.getByText("Sign in"));
}

test("name and password are enough where there is no second factor", async () => {
  const { asked, signedIn } = show(() => ({ user: aViewer() }));
  await enterPassword();
  await vi.waitFor(() => expect(signedIn).toHaveBeenCalledWith(aViewer()));
  expect(asked[0]?.variables).toEqual({ input: { name: "eve", password: "a password" } });
});

test("where there is one the code is asked for next, and sent with both", async () => {
  const { asked, container, signedIn } = show(({ code }) => (code === "123456" ? { user: aViewer() } : { secondFactorNeeded: true }));
  await enterPassword();
  await vi.waitFor(() => expect(screen.getByLabelText(/^Code/)).toHaveFocus());
  expect(screen.getByText("One more step, eve.")).toBeVisible();
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.type(screen.getByLabelText(/^Code/), "123456{enter}");
  await vi.waitFor(() => expect(signedIn).toHaveBeenCalled());
  expect(asked[1]?.variables).toEqual({ input: { name: "eve", password: "a password", code: "123456" } });
});

test("a wrong code is said at the code, and there is a way back", async () => {
  show(({ code }) =>
    code === undefined
      ? { secondFactorNeeded: true }
      : { errors: [{ code: "UNAUTHENTICATED", message: "The code is wrong.", path: ["code"] }] },
  );
  await enterPassword();
  await userEvent.type(await screen.findByLabelText(/^Code/), "000000{enter}");
  await vi.waitFor(() => expect(screen.getByLabelText(/^Code/)).toHaveAccessibleDescription(/The code is wrong/));
  await userEvent.click(screen.getByText("Sign in as somebody else"));
  expect(screen.getByLabelText(/^Name/)).toHaveFocus();
});

test("whoever must wait is told for how long", async () => {
  show(() => ({ errors: [{ code: "RATE_LIMITED", message: "Too many attempts have failed. Try again in 30 seconds.", path: [] }] }));
  await enterPassword();
  expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 30 seconds");
});

test("a passkey alone signs in", async () => {
  const devices = fakeDevice();
  const { asked, container, signedIn } = show(() => ({}), {
    BeginPasskeySignIn: accepted({ options: '{"challenge":"x"}' }),
    SignInWithPasskey: accepted({ user: aViewer() }),
  });
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Sign in with a passkey"));
  await vi.waitFor(() => expect(signedIn).toHaveBeenCalledWith(aViewer()));
  expect(devices).toEqual([{ challenge: "x" }]);
  expect(asked.at(-1)?.variables).toEqual({ input: { credential: '{"id":"fake"}' } });
});

test("a passkey that is not known here is said, and so is one that was not shown", async () => {
  fakeDevice();
  show(() => ({}), {
    BeginPasskeySignIn: accepted({ options: "{}" }),
    SignInWithPasskey: refused("UNAUTHENTICATED", "This passkey is not known here, or not any more."),
  });
  await userEvent.click(screen.getByText("Sign in with a passkey"));
  expect(await screen.findByRole("alert")).toHaveTextContent("not known here");
  fakeDevice({ refuse: true });
  await userEvent.click(screen.getByText("Sign in with a passkey"));
  await vi.waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent("No passkey was shown."));
});

test("a passkey is shown after the password where the user has one", async () => {
  fakeDevice();
  const { asked, signedIn } = show(({ passkey }) =>
    passkey === undefined ? { secondFactorNeeded: true, codePossible: false, passkeyOptions: "{}" } : { user: aViewer() },
  );
  await enterPassword();
  expect(await screen.findByText(/One of your recovery codes/)).toBeVisible();
  await userEvent.click(screen.getByText("Use a passkey"));
  await vi.waitFor(() => expect(signedIn).toHaveBeenCalled());
  expect(asked.at(-1)?.variables).toEqual({ input: { name: "eve", password: "a password", passkey: '{"id":"fake"}' } });
});

test("a browser without passkeys offers none", () => {
  show(() => ({}));
  expect(screen.queryByText("Sign in with a passkey")).toBeNull();
});

test("where else one can sign in is offered as links", async () => {
  const choice = { id: "p1", name: "Company", startPath: "/sign-in/oidc/start/p1" };
  const { container } = show(() => ({}), { SignInChoices: { signInChoices: [choice] } });
  expect(await screen.findByRole("link", { name: "Sign in with Company" })).toHaveAttribute("href", "/sign-in/oidc/start/p1");
  expect(await faultsOf(container)).toEqual([]);
});

test("why signing in elsewhere failed is said once, in words of ours", () => {
  history.replaceState(null, "", "/?sign-in=no_group#/doors");
  show(() => ({}));
  expect(screen.getByRole("alert")).toHaveTextContent("You are in no group that may come in here.");
  expect(location.search).toBe("");
  expect(location.hash).toBe("#/doors");
  expect(elsewhereWords("?sign-in=<b>x</b>")).toBe("The sign-in failed. Begin again.");
  expect(elsewhereWords("?other=1")).toBeNull();
});
