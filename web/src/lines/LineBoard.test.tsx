import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createStore } from "../api/store";
import type { Connection } from "../api/socket";
import { faultsOf } from "../testing/accessible";
import { Api, fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { anOutputNow, lineStates } from "../testing/lines";
import type { OutputNow } from "./line-states";
import { LineBoard } from "./LineBoard";
import { outputStanding } from "./words";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const CONFIRMED = { outcome: { command: { id: "1", status: "CONFIRMED", detail: "" }, errors: [] } };
const BUTTON = { id: "i1", name: "Panic button", state: "NORMAL" as const };

function show(output: OutputNow = anOutputNow(), permissions = ["door.view", "io.write"], answer: unknown = CONFIRMED) {
  const { api, asked } = fakeApi(() => answer);
  const lines = lineStates({ inputs: [BUTTON], outputs: [output] });
  const connection = createStore<Connection>({ state: "connected", heardAt: 0 });
  const viewer = { id: "u", name: "Eve", role: "OPERATOR" as const, firstToDo: null, hasPassword: true, hasSecondFactor: false, hasAuthenticator: false, passkeyCount: 0, privileges: [], permissions };
  const { container } = render(
    <Api api={api}>
      <LineBoard lines={lines} connection={connection} viewer={viewer} />
    </Api>,
  );
  return { asked, lines, container, connection };
}

const siren = () => within(screen.getByRole("listitem", { name: "Siren" }));

test("inputs and outputs are shown as they are, and again when they change", async () => {
  const { lines, container } = show();
  expect(siren().getByText("Off")).toBeDefined();
  expect(within(screen.getByRole("listitem", { name: "Panic button" })).getByText("At rest")).toBeDefined();
  act(() =>
    lines.put({
      inputs: [{ ...BUTTON, state: "OPEN" }],
      outputs: [anOutputNow({ on: true, ruleName: "Panic" })],
    }),
  );
  expect(siren().getByText("On")).toBeDefined();
  expect(siren().getByText("By the rule Panic.")).toBeDefined();
  expect(within(screen.getByRole("listitem", { name: "Panic button" })).getByText("Wire cut")).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("an output is switched on by its button, and what became of it is told", async () => {
  const { asked } = show();
  await userEvent.click(screen.getByRole("button", { name: "Switch on: Siren" }));
  expect(await screen.findByText("Switch on: confirmed by the controller.")).toBeDefined();
  expect(asked[0]?.variables).toMatchObject({
    input: { outputId: "o1", action: "ON", until: null, pulseMs: null, reason: "" },
  });
  expect(asked[0]?.variables["input"]).toHaveProperty("idempotencyKey", expect.stringMatching(/^[0-9a-f]{32}$/));
});

test("what is held by hand is given back first of all", async () => {
  const { asked } = show(anOutputNow({ on: true, hold: { action: "ON", until: null, setBy: "eve" } }));
  expect(siren().getByText("Held on by eve, until it is given back to its rules.")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Back to its rules: Siren" }));
  await screen.findByText("Back to its rules: confirmed by the controller.");
  expect(asked[0]?.variables).toMatchObject({ input: { action: "AUTO" } });
});

test("a pulse has a length and a reason", async () => {
  const { asked, container } = show();
  await userEvent.click(screen.getByRole("button", { name: "More actions: Siren" }));
  await userEvent.type(screen.getByLabelText("Reason"), " a drill ");
  await userEvent.selectOptions(screen.getByLabelText("A pulse lasts"), "10 seconds");
  expect(screen.queryByTestId("output-action-AUTO")).toBeNull();
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByTestId("output-action-PULSE"));
  await screen.findByText("Pulse: confirmed by the controller.");
  expect(asked[0]?.variables).toMatchObject({ input: { action: "PULSE", pulseMs: 10_000, reason: "a drill", until: null } });
});

test("an end that is over is refused before anything is sent", async () => {
  const { asked } = show();
  await userEvent.click(screen.getByRole("button", { name: "More actions: Siren" }));
  await userEvent.type(screen.getByLabelText("Ends at"), "2020-01-01T12:00");
  await userEvent.click(screen.getByTestId("output-action-ON"));
  expect(screen.getByLabelText("Ends at")).toHaveAccessibleDescription(/later than now/);
  expect(asked).toEqual([]);
});

test("a refusal is told in the server's words", async () => {
  const message = "The output's controller is not connected. The command was not sent.";
  show(anOutputNow({ on: null }), undefined, {
    outcome: { command: null, errors: [{ code: "CONTROLLER_OFFLINE", message, path: [] }] },
  });
  expect(siren().getByText("Not known")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Switch on: Siren" }));
  expect(await screen.findByText(message, { exact: false })).toBeDefined();
});

test("who may not command sees the states only", () => {
  show(undefined, ["door.view"]);
  expect(siren().getByText("Off")).toBeDefined();
  expect(screen.queryByRole("button")).toBeNull();
});

test("what was known last is marked while the connection is lost", () => {
  const { connection } = show();
  act(() => connection.set({ state: "lost", heardAt: 0 } as Connection));
  expect(screen.getByRole("heading", { level: 2 })).toHaveTextContent("last known");
});

test("a site without inputs and outputs shows no board", () => {
  const { api } = fakeApi(() => null);
  const connection = createStore<Connection>({ state: "connected", heardAt: 0 });
  const viewer = { id: "u", name: "Eve", role: "OPERATOR" as const, firstToDo: null, hasPassword: true, hasSecondFactor: false, hasAuthenticator: false, passkeyCount: 0, privileges: [], permissions: ["door.view"] };
  const { container } = render(
    <Api api={api}>
      <LineBoard lines={lineStates()} connection={connection} viewer={viewer} />
    </Api>,
  );
  expect(container).toBeEmptyDOMElement();
});

test("a hold says by whom and until when", () => {
  const noon = new Date(2026, 10, 23, 12, 0).getTime();
  const until = (ms: number): string => new Date(noon + ms).toISOString();
  const held = (action: "ON" | "OFF" | "PULSE", end: string | null) =>
    outputStanding({ ruleName: null, hold: { action, until: end, setBy: null } }, noon);
  expect(held("OFF", until(5 * 3_600_000))).toBe("Held off by hand, until 17:00.");
  expect(held("PULSE", until(10_000))).toBe("Pulse by hand, until 12:00:10.");
  expect(held("ON", until(48 * 3_600_000))).toMatch(/^Held on by hand, until .*25.*, 12:00\.$/);
});
