import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { BusDeviceFragment, OrderStateFragment, OsdpRowFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { aBusDevice, anOrder, anOsdpRow, someBuses } from "../../testing/osdp";
import { DeviceScreen } from "./DeviceScreen";

beforeEach(noDialogs);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

interface Shown {
  row?: Partial<OsdpRowFragment>;
  live?: Partial<BusDeviceFragment> | null;
  others?: OsdpRowFragment[];
  answers?: Answers;
  writable?: boolean;
}

function show({ row, live = {}, others = [], answers = {}, writable = true }: Shown = {}) {
  return showScreen(<DeviceScreen id="v1" writable={writable} />, {
    OsdpBuses: someBuses([anOsdpRow(row), ...others], live === null ? [] : [aBusDevice(live)]),
    ReaderChoices: { readerSettings: [{ readerId: "r1", readerName: "Office in" }, { readerId: "r2", readerName: "Office out" }] },
    ...answers,
  });
}

/** Answers with one state of an order after the other, and with the last from then on. */
function goesOn(...states: Partial<OrderStateFragment>[]) {
  let at = 0;
  return () => ({ deviceOrder: anOrder(states[Math.min(at++, states.length - 1)]) });
}

const part = async (name: string) => within(await screen.findByRole("region", { name }));
const PATIENT = { timeout: 4000 };

test("a device tells who it is, what it can do and how its line is, and is accessible", async () => {
  const { container } = show();
  const stands = await part("How it stands");
  expect(stands.getByText("1.2.3")).toBeDefined();
  expect(stands.getByText("Light: level 1, 1")).toBeDefined();
  expect(stands.getByText("Function 99: level 1")).toBeDefined();
  expect(stands.getByText(/^up since/)).toBeDefined();
  expect(stands.getByRole("link")).toHaveAttribute("href", "#/configuration/readers/r1");
  const line = await part("The line");
  expect(line.getByText("Damaged answers").nextSibling).toHaveTextContent("3");
  expect(line.getByRole("img")).toHaveAccessibleName(/90 % up to 5 ms/);
  expect(await faultsOf(container)).toEqual([]);
});

test("who may only look changes nothing", async () => {
  show({ writable: false });
  expect(await screen.findByText("You may look at this, but not change it.")).toBeDefined();
  expect(screen.queryByRole("button")).toBeNull();
});

test("only what was changed by hand is sent, and a problem stands at its field", async () => {
  const { sent } = show({ answers: { UpdateOsdpDevice: refused("CONFLICT", "Cabinet has address 4.", "address") } });
  const place = await part("Where it is");
  await userEvent.clear(place.getByLabelText(/^Address/));
  await userEvent.type(place.getByLabelText(/^Address/), "4");
  await userEvent.selectOptions(place.getByLabelText("Reader that it is"), "Office out");
  await userEvent.click(screen.getByText("Save"));
  expect(await place.findByText("Cabinet has address 4.")).toBeDefined();
  expect(sent("UpdateOsdpDevice")).toEqual({ input: { id: "v1", expectedVersion: 4, address: 4, readerId: "r2" } });
});

test("a line that is shared says that its speed changes for the others too", async () => {
  show({ others: [anOsdpRow({ id: "v2", address: 2 })] });
  expect(await screen.findByText("It changes for the other device on the line too.")).toBeDefined();
  const move = await part("Move it");
  expect(move.getByText(/only for a device that is alone on its line/)).toBeDefined();
  expect(move.queryByLabelText("New speed")).toBeNull();
});

test("a device is moved over the wire, step by step", async () => {
  const { sent } = show({
    answers: {
      MoveDevice: accepted({ order: anOrder() }),
      DeviceOrder: goesOn({ step: "RUNNING" }, { step: "DONE", ended: true }),
    },
  });
  const move = await part("Move it");
  await userEvent.clear(move.getByLabelText(/^New address/));
  await userEvent.type(move.getByLabelText(/^New address/), "5");
  await userEvent.selectOptions(move.getByLabelText("New speed"), "38400 baud");
  await userEvent.click(move.getByRole("button", { name: "Move it" }));
  expect(await move.findByText("It is told as soon as it is online.")).toBeDefined();
  expect(await move.findByText("It was told. It is looked for at its new place.", {}, PATIENT)).toBeDefined();
  expect(await move.findByText("It was heard at its new place.", {}, PATIENT)).toBeDefined();
  expect(sent("MoveDevice")).toEqual({ input: { deviceId: "v1", address: 5, baud: 38_400 } });
});

test("a move that nobody heard the end of says what to do, and can be forgotten", async () => {
  const { sent } = show({ row: { nextAddress: 5, nextBaud: 38_400 }, live: null, answers: { DropDeviceMove: accepted({ deviceId: "v1" }) } });
  expect(await screen.findByText(/told to go to address 5 at 38400 baud and was not heard there yet/)).toBeDefined();
  await userEvent.click(screen.getByText("Forget the new place…"));
  await userEvent.click(within(screen.getByRole("dialog")).getByText("Forget it"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("DropDeviceMove")).toEqual({ deviceId: "v1" });
});

test("the window for the first key says what to do at each step", async () => {
  const { sent, container } = show({
    live: { online: false, problem: "Its key is not ours." },
    answers: {
      ProvisionDevice: accepted({ order: anOrder() }),
      DeviceOrder: goesOn({ step: "KEY_SENT" }, { step: "DONE", ended: true }),
    },
  });
  await userEvent.click(await screen.findByText("Give it its first key…"));
  const dialog = within(screen.getByRole("dialog"));
  await userEvent.selectOptions(dialog.getByLabelText("How long the window stays open"), "5 minutes");
  await userEvent.click(dialog.getByText("Open the window"));
  expect(await dialog.findByText("Put the reader in install mode now.")).toBeDefined();
  expect(dialog.getByRole("listitem", { current: "step" })).toHaveTextContent("Put it in install mode");
  expect(dialog.getByRole("progressbar")).toHaveAccessibleName("Time that the window stays open");
  expect(await faultsOf(container)).toEqual([]);
  expect(await dialog.findByText("The key is on its way. Leave the power on.", {}, PATIENT)).toBeDefined();
  expect(dialog.getByRole("listitem", { current: "step" })).toHaveTextContent("It gets its key");
  expect(await dialog.findByText(/It has its key and is online/, {}, PATIENT)).toBeDefined();
  expect(sent("ProvisionDevice")).toEqual({ input: { deviceId: "v1", window: "PT5M", key: null } });
});

test("a window that ran out says why, and can be opened again", async () => {
  show({
    live: { online: false },
    answers: {
      ProvisionDevice: accepted({ order: anOrder() }),
      DeviceOrder: goesOn({ step: "EXPIRED", ended: true, detail: "The reader was not given a key." }),
    },
  });
  await userEvent.click(await screen.findByText("Give it its first key…"));
  const dialog = within(screen.getByRole("dialog"));
  await userEvent.click(dialog.getByText("Open the window"));
  expect(await dialog.findByText(/The reader was not given a key/, {}, PATIENT)).toBeDefined();
  await userEvent.click(dialog.getByText("Try again"));
  expect(dialog.getByText("Open the window")).toBeDefined();
});

test("an online device gets another key, and one that nobody heard of can be forgotten", async () => {
  const { sent } = show({
    row: { keyPlanned: true },
    answers: {
      RotateDeviceKey: accepted({ order: anOrder() }),
      DeviceOrder: goesOn({ step: "DONE", ended: true }),
      DropNextDeviceKey: accepted({ deviceId: "v1" }),
    },
  });
  const key = await part("Key of its secure channel");
  expect(key.getByText(/was not heard with it yet/)).toBeDefined();
  await userEvent.click(key.getByText("Give it a new key"));
  expect(await key.findByText("It was heard with its new key.", {}, PATIENT)).toBeDefined();
  expect(sent("RotateDeviceKey")).toEqual({ input: { deviceId: "v1" } });
  await userEvent.click(key.getByText("Forget the new key…"));
  await userEvent.click(within(screen.getByRole("dialog")).getByText("Forget it"));
  await vi.waitFor(() => expect(sent("DropNextDeviceKey")).toEqual({ deviceId: "v1" }));
});

test("a file is sent with a bar, and stopped", async () => {
  const { sent } = show({
    answers: {
      SendDeviceFile: accepted({ order: anOrder() }),
      DeviceOrder: goesOn({ step: "RUNNING", done: 25, total: 100 }),
      StopDeviceOrder: accepted({ order: anOrder({ step: "RUNNING" }) }),
    },
  });
  const file = await part("Send a file");
  await userEvent.click(file.getByText("Send the file"));
  expect(await file.findByText("Choose a file.")).toBeDefined();
  await userEvent.upload(file.getByLabelText("File, 1 MiB at most"), new File(["abc"], "reader.bin"));
  await userEvent.click(file.getByText("Send the file"));
  expect(await file.findByText("25 %", {}, PATIENT)).toBeDefined();
  expect(sent("SendDeviceFile")).toEqual({ input: { deviceId: "v1", fileType: 1, data: "YWJj" } });
  await userEvent.click(file.getByText("Stop sending"));
  await vi.waitFor(() => expect(sent("StopDeviceOrder")).toEqual({ id: "o1" }));
});

test("a file that is too large is not sent", async () => {
  const { sent } = show();
  const file = await part("Send a file");
  await userEvent.upload(file.getByLabelText("File, 1 MiB at most"), new File([new Uint8Array(1_048_577)], "big.bin"));
  await userEvent.click(file.getByText("Send the file"));
  expect(await file.findByText(/too large/)).toBeDefined();
  expect(sent("SendDeviceFile")).toBeUndefined();
});

test("a capture is taken and saved as a file", async () => {
  const saved = vi.fn<(name: string) => void>();
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved(this.download);
  });
  Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: () => undefined });
  const { sent } = show({
    answers: {
      CaptureBus: accepted({ order: anOrder() }),
      DeviceOrder: goesOn({ step: "DONE", ended: true }),
      DownloadBusCapture: accepted({ pcap: "1MOyoQ==" }),
    },
  });
  const capture = await part("Capture the line");
  await userEvent.click(capture.getByText("Start the capture"));
  await userEvent.click(await capture.findByText("Download the capture", {}, PATIENT));
  await vi.waitFor(() => expect(saved).toHaveBeenCalledWith("osdp-dev-bus.pcap"));
  expect(sent("CaptureBus")).toEqual({ input: { deviceId: "v1", seconds: 60 } });
  expect(sent("DownloadBusCapture")).toEqual({ id: "o1" });
});
