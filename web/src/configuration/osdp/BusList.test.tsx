import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { aBusDevice, anOrder, anOsdpRow, someBuses } from "../../testing/osdp";
import { BusList } from "./BusList";
import { latencyWords } from "./LatencyPlot";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const OTHER = anOsdpRow({ id: "v2", name: "Cabinet", role: "DOOR_IO", readerId: null, readerName: null, address: 2 });
const BOTH = someBuses(
  [anOsdpRow(), OTHER],
  [aBusDevice(), aBusDevice({ deviceId: "v2", address: 2, online: false, onlineSince: null, problem: "Check its cable.", identity: null })],
);

function show(buses: unknown = BOTH, answers: Answers = {}, writable = true) {
  return showScreen(<BusList writable={writable} />, { OsdpBuses: buses, ...answers });
}

const dialog = () => within(screen.getByRole("dialog"));

test("each line shows who is on it, how they stand, and what to do, and is accessible", async () => {
  const { container } = show();
  const line = within(await screen.findByRole("table", { name: "Devices on /dev/bus of House" }));
  const reader = line.getByRole("row", { name: /^Office in 1 Online 1\.2\.3 10 in 1,000 \(1\.0 %\)/ });
  expect(within(reader).getByRole("img")).toHaveAccessibleName("Replies took: 90 % up to 5 ms, 8 % up to 10 ms, 2 % up to 20 ms.");
  const cabinet = line.getByRole("row", { name: /^Cabinet – Inputs and outputs of Office 2 Offline Check its cable\. not known/ });
  expect(within(cabinet).getByRole("link")).toHaveAttribute("href", "#/configuration/osdp/v2");
  expect(await faultsOf(container)).toEqual([]);
});

test("a controller that does not answer says so, and its devices stay", async () => {
  show(someBuses([anOsdpRow()], [], "The controller is not connected."));
  expect(await screen.findByText(/The controller is not connected\. How its lines are is not known\./)).toBeDefined();
  expect(screen.getByRole("row", { name: /^Office in 1 Not known/ })).toBeDefined();
});

test("a device in install mode is told apart from a lost one", async () => {
  show(someBuses([anOsdpRow()], [aBusDevice({ online: false, installMode: true, problem: "No secure channel." })]));
  expect(await screen.findByText("Install mode")).toBeDefined();
  expect(screen.getByText(/Anybody who reaches its wires could give it a key/)).toBeDefined();
});

test("every device that is online gets a new key, one after the other; a refusal does not stop the rest", async () => {
  const live = [aBusDevice(), aBusDevice({ deviceId: "v2", address: 2 })];
  const { asked, container } = show(someBuses([anOsdpRow(), OTHER], live), {
    RotateDeviceKey: ({ input }: { input: { deviceId: string } }) =>
      input.deviceId === "v1" ? refused("CONFLICT", "Something is being done with it.") : accepted({ order: anOrder({ deviceId: "v2" }) }),
    DeviceOrder: { deviceOrder: anOrder({ deviceId: "v2", step: "DONE", ended: true }) },
  });
  await userEvent.click(await screen.findByText("New keys for all…"));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(dialog().getByText("Give 2 devices new keys"));
  expect(await dialog().findByText("1 of 2 have a new key.", {}, { timeout: 4000 })).toBeDefined();
  expect(dialog().getByText("Something is being done with it.")).toBeDefined();
  expect(dialog().getByText("has a new key")).toBeDefined();
  const rotated = asked.filter(({ operationName }) => operationName === "RotateDeviceKey");
  expect(rotated.map(({ variables }) => variables.input)).toEqual([{ deviceId: "v1" }, { deviceId: "v2" }]);
});

test("a main key is made, or entered without being shown, and a refused one stays at its field", async () => {
  const { sent } = show(BOTH, { SetOsdpMainKey: refused("VALIDATION", "This key is known to everybody. Use another.", "key") });
  await userEvent.click(await screen.findByText("Main key…"));
  await userEvent.click(dialog().getByLabelText("Enter a key by hand"));
  const field = dialog().getByLabelText(/^Key/);
  expect(field).toHaveAttribute("type", "password");
  await userEvent.type(field, "3031 3233");
  await userEvent.click(dialog().getByText("Set a new main key"));
  expect(await dialog().findByText("This key is known to everybody. Use another.")).toBeDefined();
  expect(sent("SetOsdpMainKey")).toEqual({ key: "30313233" });
});

test("who may only look is offered no keys", async () => {
  show(BOTH, {}, false);
  await screen.findByText("Online");
  expect(screen.queryByRole("button")).toBeNull();
});

test("few replies are said to be few", () => {
  expect(latencyWords([{ upToMs: 5, replies: 999 }, { upToMs: null, replies: 1 }])).toBe(
    "Replies took: 100 % up to 5 ms, under 1 % longer.",
  );
});
