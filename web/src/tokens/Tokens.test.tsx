import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { TokenRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { accepted, refused, showScreen } from "../testing/configuration";
import { noDialogs } from "../testing/dialog";
import { Tokens } from "./Tokens";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const NOW_MS = Date.parse("2026-03-03T12:00:00Z");
const BADGES: TokenRowFragment = {
  id: "t1",
  name: "Badges",
  permissions: ["door.view", "event.view"],
  networks: ["192.0.2.0/24"],
  expiresAt: "2026-06-01T00:00:00Z",
  lastUsedAt: null,
  lastAddress: null,
};
const OLD: TokenRowFragment = { ...BADGES, id: "t2", name: "Old", networks: [], expiresAt: "2026-03-01T00:00:00Z" };

function show(answers: Record<string, unknown>, service?: string) {
  const reload = vi.fn<() => void>();
  const given = service === undefined ? {} : { serviceId: service };
  const shown = showScreen(
    <Tokens tokens={[BADGES, OLD]} permissions={["door.view", "event.view"]} nowMs={NOW_MS} onReload={reload} {...given} />,
    answers,
  );
  return { reload, ...shown };
}

test("tokens are shown with what they may, from where, and whether they still count", async () => {
  const { container } = show({});
  const [badges, old] = screen.getAllByTestId("token");
  for (const words of ["Badges", "door.view, event.view", "192.0.2.0/24", "Never"]) expect(badges).toHaveTextContent(words);
  expect(old).toHaveTextContent("Expired");
  expect(await faultsOf(container)).toEqual([]);
});

test("a token is made with the password and shown once", async () => {
  const { container, reload, sent } = show({ CreateOwnToken: accepted({ text: "dw_abc" }) });
  await userEvent.click(screen.getByText("New token"));
  const dialog = within(screen.getByTestId("new-token-dialog"));
  await userEvent.type(dialog.getByLabelText(/^Name/), "HR");
  await userEvent.click(dialog.getByLabelText("event.view"));
  await userEvent.type(dialog.getByLabelText("Only from"), "10.0.0.0/8{enter}192.0.2.7");
  await userEvent.type(dialog.getByLabelText(/^Your password/), "mine");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(dialog.getByText("Make the token"));
  expect(await screen.findByTestId("token-text")).toHaveTextContent("dw_abc");
  expect(sent("CreateOwnToken")).toEqual({
    input: {
      password: "mine",
      name: "HR",
      permissions: ["event.view"],
      expiresAt: "2026-06-01T00:00:00Z",
      networks: ["10.0.0.0/8", "192.0.2.7"],
    },
  });
  await userEvent.click(screen.getByText("I have it"));
  expect(reload).toHaveBeenCalled();
  expect(screen.queryByTestId("token-text")).toBeNull();
});

test("a service account's token needs no password, and a refusal is said where it belongs", async () => {
  const { sent } = show({ CreateServiceToken: refused("VALIDATION", "A token needs at least one permission.", "permissions") }, "u9");
  await userEvent.click(screen.getByText("New token"));
  expect(screen.queryByLabelText(/^Your password/)).toBeNull();
  await userEvent.click(screen.getByText("Make the token"));
  expect(await screen.findByText("A token needs at least one permission.")).toBeVisible();
  expect(sent("CreateServiceToken")).toMatchObject({ input: { userId: "u9" } });
});

test.each([
  [undefined, "RevokeOwnToken"],
  ["u9", "RevokeToken"],
])("a token of %s is revoked after a question", async (service, operation) => {
  const { reload, sent } = show({ [operation]: accepted({ deletedId: "t1" }) }, service);
  await userEvent.click(screen.getByRole("button", { name: "Revoke Badges" }));
  await userEvent.click(screen.getByText("Revoke it"));
  await vi.waitFor(() => expect(reload).toHaveBeenCalled());
  expect(sent(operation)).toEqual({ id: "t1" });
});
