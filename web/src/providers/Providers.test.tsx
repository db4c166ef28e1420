import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { LinkRowFragment, ProviderRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { accepted, refused, showScreen } from "../testing/configuration";
import { noDialogs } from "../testing/dialog";
import { aViewer } from "../testing/people";
import { Links } from "./Links";
import { Providers } from "./Providers";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const COMPANY: ProviderRowFragment = {
  id: "p1",
  name: "Company",
  issuer: "https://id.example",
  clientId: "doorward",
  hasSecret: true,
  scopes: ["openid", "profile"],
  hosts: [],
  nameClaim: "preferred_username",
  groupClaim: "groups",
  groups: [{ group: "guards", role: "OPERATOR" }],
  createsUsers: true,
  exclusive: false,
  enabled: true,
  redirectUri: "https://doors.example/sign-in/oidc/callback",
  version: 3,
};

function show(providers: ProviderRowFragment[], answers: Record<string, unknown> = {}) {
  return showScreen(<Providers />, { Providers: { oidcProviders: providers }, ...answers });
}

test("a provider is shown with what must be entered there, and tested", async () => {
  const { container, sent } = show([COMPANY], {
    TestProvider: accepted({ problem: null, keys: 2, algorithms: ["RS256"], endSessionEndpoint: null }),
  });
  expect(await screen.findByText("https://doors.example/sign-in/oidc/callback")).toBeVisible();
  expect(screen.getByTestId("provider")).toHaveTextContent("guards: Operator");
  await userEvent.click(screen.getByRole("button", { name: "Test Company" }));
  expect(await screen.findByText(/2 keys for RS256\. Signing out here does not/)).toBeVisible();
  expect(sent("TestProvider")).toEqual({ input: { id: "p1" } });
  expect(await faultsOf(container)).toEqual([]);
});

test("what is wrong with a provider is said", async () => {
  show([COMPANY], { TestProvider: accepted({ problem: "https://id.example cannot be reached.", keys: 0, algorithms: [], endSessionEndpoint: null }) });
  await userEvent.click(await screen.findByRole("button", { name: "Test Company" }));
  expect(await screen.findByText("https://id.example cannot be reached.")).toBeVisible();
});

test("a provider is created with its groups", async () => {
  const { container, sent } = show([], { CreateProvider: accepted({ provider: COMPANY }) });
  await userEvent.click(await screen.findByText("New provider"));
  const values = [["Name", "Company"], ["Issuer", "https://id.example "], ["Client ID", "doorward"], ["Client secret", "s3cret"]] as const;
  for (const [label, value] of values) fireEvent.change(screen.getByLabelText(new RegExp(`^${label}`)), { target: { value } });
  fireEvent.change(screen.getByLabelText("Group"), { target: { value: "guards" } });
  await userEvent.click(screen.getByText("Add a group"));
  await userEvent.click(screen.getByLabelText("Make users of people when they first come"));
  expect(screen.getByLabelText(/^Claim with the name/)).toHaveValue("preferred_username");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("CreateProvider")).toEqual({
    input: {
      name: "Company",
      issuer: "https://id.example",
      clientId: "doorward",
      clientSecret: "s3cret",
      scopes: ["openid", "profile"],
      hosts: [],
      nameClaim: "preferred_username",
      groupClaim: "groups",
      groups: [{ group: "guards", role: "OPERATOR" }],
      createsUsers: true,
      exclusive: false,
      enabled: true,
    },
  });
});

test("a change keeps the secret unless another is typed, and a refusal is said at its field", async () => {
  const { sent } = show([COMPANY], { UpdateProvider: refused("VALIDATION", "Give the client secret anew.", "clientSecret") });
  await userEvent.click(await screen.findByRole("button", { name: "Change Company" }));
  await userEvent.click(screen.getByLabelText("Its people sign in here only"));
  await userEvent.click(screen.getByText("Save"));
  expect(await screen.findByText("Give the client secret anew.")).toBeVisible();
  expect(sent("UpdateProvider")?.["input"]).toMatchObject({ id: "p1", expectedVersion: 3, exclusive: true });
  expect(sent("UpdateProvider")?.["input"]).not.toHaveProperty("clientSecret");
});

test("a refused deletion says who depends on it", async () => {
  show([COMPANY], { DeleteProvider: refused("CONFLICT", "ada could not sign in any more.") });
  await userEvent.click(await screen.findByRole("button", { name: "Delete Company" }));
  await userEvent.click(screen.getByText("Delete the provider"));
  expect(await screen.findByText("ada could not sign in any more.")).toBeVisible();
});

const LINK: LinkRowFragment = {
  id: "l1",
  providerId: "p1",
  providerName: "Company",
  subject: "ada-1",
  createdAt: "2026-03-03T08:00:00Z",
  lastUsedAt: null,
};

test("one connects with a provider by the password, and leaves for it", async () => {
  const leave = vi.fn<(url: string) => void>();
  const { container, sent } = showScreen(<Links viewer={aViewer()} leave={leave} />, {
    OwnLinks: { ownOidcLinks: [], signInChoices: [{ id: "p1", name: "Company" }] },
    BeginLink: accepted({ url: "https://id.example/authorize" }),
  });
  await userEvent.click(await screen.findByText("Connect with Company"));
  await userEvent.type(screen.getByLabelText(/^Your password/), "a password");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Go on"));
  await vi.waitFor(() => expect(leave).toHaveBeenCalledWith("https://id.example/authorize"));
  expect(sent("BeginLink")).toEqual({ input: { providerId: "p1", password: "a password" } });
});

test("one disconnects, and the last way in stays", async () => {
  showScreen(<Links viewer={aViewer()} />, {
    OwnLinks: { ownOidcLinks: [LINK], signInChoices: [{ id: "p1", name: "Company" }] },
    Unlink: refused("CONFLICT", "You could not sign in any more."),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Disconnect from Company" }));
  expect(screen.queryByText("Connect with Company")).toBeNull();
  await userEvent.click(screen.getByText("Disconnect", { selector: ".danger" }));
  expect(await screen.findByText("You could not sign in any more.")).toBeVisible();
});
