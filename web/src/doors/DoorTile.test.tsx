import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Api, fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { aDoor } from "../testing/doors";
import { DoorTile } from "./DoorTile";
import { KnowsReasons } from "./KnowsReasons";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

function show(answer: () => unknown, commandable = true) {
  const { api, asked, headers } = fakeApi(answer);
  render(
    <Api api={api}>
      <DoorTile door={aDoor()} stale={false} commandable={commandable} />
    </Api>,
  );
  return { asked, headers };
}

const outcome = (): HTMLElement => screen.getByTestId("door-outcome");

test("a command is pending until the controller has confirmed it", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const { asked, headers } = show(() => promise);
  await userEvent.click(screen.getByTestId("door-grant"));
  expect(outcome()).toHaveAttribute("data-status", "pending");
  expect(screen.getByTestId("door-grant")).toBeDisabled();
  resolve({ outcome: { command: { id: "1", status: "CONFIRMED", detail: "" }, errors: [] } });
  expect(await screen.findByText("Grant access: confirmed by the controller.")).toBeDefined();
  expect(asked[0]?.variables).toMatchObject({ input: { doorId: "d1", reason: "" } });
  expect(headers[0]?.get("doorward-request")).toBe("1");
});

test("a failure is told in the controller's words", async () => {
  show(() => ({ outcome: { command: { id: "1", status: "FAILED", detail: "The lock does not answer." }, errors: [] } }));
  await userEvent.click(screen.getByTestId("door-grant"));
  expect(await screen.findByText("The lock does not answer.", { exact: false })).toBeDefined();
  expect(outcome()).toHaveAttribute("data-status", "failed");
});

test("a typed error means that nothing was sent", async () => {
  const message = "The controller is not connected; nothing was sent.";
  show(() => ({ outcome: { command: null, errors: [{ code: "CONTROLLER_OFFLINE", message, path: [] }] } }));
  await userEvent.click(screen.getByTestId("door-grant"));
  expect(await screen.findByText(message, { exact: false })).toBeDefined();
});

test("who may not command doors sees their state only", () => {
  show(() => null, false);
  expect(screen.getByTestId("door-condition")).toHaveTextContent("Locked");
  expect(screen.queryByRole("button")).toBeNull();
});

test("the tile says who set the door and until when", () => {
  const { api } = fakeApi(() => null);
  const manual = { setting: "UNLOCKED", until: null, setBy: "eve" } as const;
  render(
    <Api api={api}>
      <DoorTile door={aDoor({ condition: "UNLOCKED", source: "OPERATOR", manual })} stale={false} commandable={false} />
    </Api>,
  );
  expect(screen.getByTestId("door-standing")).toHaveTextContent("Unlocked by eve, until reset.");
});

test("every condition is a word and an icon, never colour alone", () => {
  const { api } = fakeApi(() => null);
  for (const condition of ["OFFLINE", "FORCED", "HELD", "LOCKDOWN", "OPEN", "UNLOCKED", "RELEASED", "LOCKED"] as const) {
    const { unmount } = render(
      <Api api={api}>
        <DoorTile door={aDoor({ condition })} stale={false} commandable={false} />
      </Api>,
    );
    const shown = screen.getByTestId("door-condition");
    expect(shown.textContent).not.toBe("");
    expect(shown.querySelector("path")?.getAttribute("d")).toBeTruthy();
    unmount();
  }
});

test("where the site wants a reason, a grant asks for it before anything is sent", async () => {
  const { api, asked } = fakeApi(({ operationName }) =>
    operationName === "CommandReasons" ? { commandReasons: ["GRANT_ACCESS"] } : { outcome: { command: { id: "c", status: "CONFIRMED", detail: "" }, errors: [] } },
  );
  render(
    <Api api={api}>
      <KnowsReasons commanding>
        <DoorTile door={aDoor()} stale={false} commandable />
      </KnowsReasons>
    </Api>,
  );
  await waitFor(() => expect(asked).toHaveLength(1));
  await userEvent.click(screen.getByTestId("door-grant"));
  await userEvent.click(await screen.findByTestId("door-action-grant"));
  expect(screen.getByLabelText("Reason")).toHaveAccessibleDescription(/this site wants a reason/);
  expect(asked.map(({ operationName }) => operationName)).toEqual(["CommandReasons"]);
  await userEvent.type(screen.getByLabelText("Reason"), "delivery");
  await userEvent.click(screen.getByTestId("door-action-grant"));
  await waitFor(() => expect(screen.getByTestId("door-outcome")).toHaveAttribute("data-status", "confirmed"));
  expect(asked.at(-1)?.variables["input"]).toMatchObject({ reason: "delivery" });
});

test("a refusal for the lack of a reason opens the form, and what came too late says so", async () => {
  const problems = [
    { code: "VALIDATION", message: "This site wants a reason for this. Say why.", path: ["reason"] },
    { code: "EXPIRED", message: "This came too late.", path: ["expiresAt"] },
  ];
  const { api } = fakeApi(({ operationName }) =>
    operationName === "CommandReasons" ? { commandReasons: [] } : { outcome: { command: null, errors: problems.splice(0, 1) } },
  );
  render(
    <Api api={api}>
      <KnowsReasons commanding>
        <DoorTile door={aDoor()} stale={false} commandable />
      </KnowsReasons>
    </Api>,
  );
  await userEvent.click(screen.getByTestId("door-grant"));
  await userEvent.type(await screen.findByLabelText("Reason"), "delivery");
  await userEvent.click(screen.getByTestId("door-action-grant"));
  await waitFor(() => expect(screen.getByTestId("door-outcome")).toHaveTextContent("Expired: This came too late."));
});
