import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { anInput, anOutput, anOutputNow, lineStates } from "../../testing/lines";
import { InputList } from "./InputList";
import { InputScreen } from "./InputScreen";
import { OutputList } from "./OutputList";
import { OutputScreen } from "./OutputScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const MODULE = { id: "v1", name: "Module (/dev/ttyUSB0, address 5)", controllerName: "Main" };
const ANSWERS: Answers = {
  PortDevices: { portDevices: [MODULE] },
  InputList: { auxInputs: [anInput()] },
  OutputList: { auxOutputs: [anOutput()] },
  CreateInput: accepted({ auxInput: anInput() }),
  UpdateInput: accepted({ auxInput: anInput() }),
  DeleteInput: accepted({ deletedId: "i1" }),
  CreateOutput: accepted({ auxOutput: anOutput() }),
  UpdateOutput: accepted({ auxOutput: anOutput() }),
  DeleteOutput: refused("CONFLICT", "The output is used by the local rule Panic. Change or delete that first.", "id"),
};
const NOW = lineStates({
  inputs: [{ id: "i1", name: "Panic button", state: "ACTIVE" }],
  outputs: [anOutputNow({ on: true, ruleName: "Panic" })],
});

const showInput = (id: string, answers: Answers = {}, writable = true) =>
  showScreen(<InputScreen id={id} writable={writable} />, { ...ANSWERS, ...answers });
const showOutput = (id: string, answers: Answers = {}) =>
  showScreen(<OutputScreen id={id} writable commandable lines={NOW} />, { ...ANSWERS, ...answers });

const WORDS = "Module \\(/dev/ttyUSB0, address 5\\)";

test("the list of inputs says where each is connected and what it says now", async () => {
  const { container } = showScreen(<InputList writable lines={NOW} />, ANSWERS);
  expect(
    await screen.findByRole("row", { name: new RegExp(`Panic button Active Input 5 of ${WORDS} 50 ms Not supervised`) }),
  ).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("the list of outputs says where each is connected, whether it is on, and why", async () => {
  const { container } = showScreen(<OutputList writable lines={NOW} />, ANSWERS);
  expect(await screen.findByRole("row", { name: new RegExp(`Siren On By the rule Panic. Output 3 of ${WORDS}`) })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("a new input is sent with how its contact is read", async () => {
  const { sent, container } = showInput("new");
  await userEvent.type(await screen.findByLabelText(/^Name/), " Fire panel ");
  await userEvent.selectOptions(await screen.findByLabelText("Device"), MODULE.name);
  await userEvent.type(screen.getByLabelText(/^Input number/), "2");
  await userEvent.selectOptions(screen.getByLabelText(/it is active when/), "Circuit open (normally closed)");
  await userEvent.selectOptions(screen.getByLabelText(/supervision/), "Serial first: two equal resistors");
  await userEvent.type(screen.getByLabelText(/each resistor/), "2200");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Create the input"));
  await vi.waitFor(() =>
    expect(sent("CreateInput")).toEqual({
      input: {
        name: "Fire panel",
        deviceId: "v1",
        number: 2,
        activeWhen: "OPEN",
        debounceMs: 0,
        supervision: "SERIAL",
        resistorOhm: 2200,
      },
    }),
  );
});

test("a port that is taken is refused at its field", async () => {
  const taken = "Input 5 has the position contact of Main entrance.";
  showInput("i1", { UpdateInput: refused("CONFLICT", taken, "number") });
  await userEvent.click(await screen.findByText("Save"));
  await vi.waitFor(() => expect(screen.getByLabelText(/^Input number/)).toHaveAccessibleDescription(new RegExp(taken)));
  await vi.waitFor(() => expect(screen.getByLabelText(/^Input number/)).toHaveFocus());
});

test("an input is deleted after a question, in the version that was seen", async () => {
  const { sent } = showInput("i1");
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(screen.getByText("Delete it"));
  await vi.waitFor(() => expect(sent("DeleteInput")).toEqual({ id: "i1", expectedVersion: 2 }));
});

test("who may only look changes nothing", async () => {
  showInput("i1", {}, false);
  expect(await screen.findByLabelText(/^Name/)).toBeDisabled();
  expect(screen.queryByText("Save")).toBeNull();
});

test("without a device that has inputs, what is missing is said", async () => {
  showInput("new", { PortDevices: { portDevices: [] } });
  expect(await screen.findByText(/No device with inputs and outputs is set up yet/)).toBeDefined();
});

test("an output that rules use says which when it cannot be deleted", async () => {
  const { container } = showOutput("o1");
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(screen.getByText("Delete it"));
  expect(await screen.findByText(/used by the local rule Panic/)).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("an output can be tried where it is set up", async () => {
  const done = { outcome: { command: { id: "c", status: "CONFIRMED", detail: "" }, errors: [] } };
  const { sent } = showOutput("o1", { CommandOutput: done });
  await userEvent.click(await screen.findByRole("button", { name: "Switch off: Siren" }));
  await screen.findByText("Switch off: confirmed by the controller.");
  expect(sent("CommandOutput")).toMatchObject({ input: { outputId: "o1", action: "OFF" } });
});

test("a changed output is sent with its version", async () => {
  const { sent } = showOutput("o1");
  const number = await screen.findByLabelText(/^Output number/);
  await userEvent.clear(number);
  await userEvent.type(number, "4");
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateOutput")).toEqual({
    input: { id: "o1", expectedVersion: 2, name: "Siren", deviceId: "v1", number: 4 },
  });
});
