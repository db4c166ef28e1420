import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { fakeApi } from "../testing/api";
import { accepted, refused } from "../testing/configuration";
import { aViewer } from "../testing/people";
import { SetUp } from "./SetUp";

afterEach(() => vi.unstubAllGlobals());

function show(answer: unknown) {
  const { api, asked } = fakeApi(() => answer);
  const signedIn = vi.fn<() => void>();
  const { container } = render(<SetUp api={api} onSignedIn={signedIn} />);
  return { asked, container, signedIn };
}

async function fill(): Promise<void> {
  await userEvent.type(screen.getByLabelText(/^Set-up token/), "abc");
  await userEvent.type(screen.getByLabelText(/^Name/), " root ");
  await userEvent.type(screen.getByLabelText(/^Password/), "a good password");
  await userEvent.click(screen.getByText("Make the administrator"));
}

test("the first administrator is made with the token, and signed in", async () => {
  const { asked, container, signedIn } = show(accepted({ user: aViewer() }));
  expect(screen.getByLabelText(/^Set-up token/)).toHaveFocus();
  expect(await faultsOf(container)).toEqual([]);
  await fill();
  await vi.waitFor(() => expect(signedIn).toHaveBeenCalledWith(aViewer()));
  expect(asked[0]?.variables).toEqual({ input: { token: "abc", name: "root", password: "a good password" } });
});

test("a wrong token is said at the token", async () => {
  const { signedIn } = show(refused("UNAUTHENTICATED", "This is not the set-up token.", "token"));
  await fill();
  await vi.waitFor(() => expect(screen.getByLabelText(/^Set-up token/)).toHaveFocus());
  expect(screen.getByLabelText(/^Set-up token/)).toHaveAccessibleDescription(/This is not the set-up token/);
  expect(signedIn).not.toHaveBeenCalled();
});
