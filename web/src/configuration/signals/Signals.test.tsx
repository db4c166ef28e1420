import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { NEW } from "../place";
import { SignalList } from "./SignalList";
import { SignalScreen, SITE } from "./SignalScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const SIGNALS = {
  granted: { colour: "GREEN", blinks: false, tones: 1, text: "" },
  denied: { colour: "RED", blinks: true, tones: 3, text: "No" },
  waiting: { colour: "NONE", blinks: false, tones: 0, text: "" },
  lockdown: { colour: "RED", blinks: false, tones: 3, text: "" },
};
const QUIET = { id: "s1", name: "Quiet", version: 4, signals: SIGNALS, readers: [{ id: "r1", name: "Office in" }] };
const SETS = {
  SignalSets: {
    readerSignals: SIGNALS,
    signalSets: [QUIET],
    osdpDevices: [
      { readerId: "r1", readerName: "Office in", doorName: "Office" },
      { readerId: null, readerName: null, doorName: "Office" },
    ],
  },
};

const part = async (name: string) => within(await screen.findByRole("region", { name }));

function showOne(id: string, answers: Answers = {}) {
  return showScreen(<SignalScreen id={id} writable />, { ...SETS, ...answers });
}

test("the list tells in words what readers show, and is accessible", async () => {
  const { container } = showScreen(<SignalList writable />, SETS);
  expect(await screen.findByRole("row", { name: /^Quiet green for 2 s, 1 tone red, blinking, for 2 s, 3 tones, “No” Office in/ })).toBeDefined();
  const site = await part("Signals of the site");
  expect(site.getByRole("img", { name: "More is waited for: no light, silent" })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("a reader is given other signals; why it was not stands at it", async () => {
  const { sent } = showScreen(<SignalList writable />, { ...SETS, ChooseReaderSignals: refused("NOT_FOUND", "There is no such reader.", "readerId") });
  const chosen = await screen.findByLabelText("Office in at Office");
  expect(chosen).toHaveValue("s1");
  await userEvent.selectOptions(chosen, "The site’s signals");
  expect(await screen.findByText("There is no such reader.")).toBeDefined();
  expect(sent("ChooseReaderSignals")).toEqual({ readerId: "r1", signalSetId: null });
});

test("the site's signals are changed, with the rhythm drawn as it is typed", async () => {
  const { sent, container } = showOne(SITE, { SetReaderSignals: accepted({ signals: SIGNALS }) });
  const denied = await part("Access denied");
  expect(denied.getByRole("img").querySelectorAll("rect")).toHaveLength(8);
  await userEvent.click(denied.getByLabelText("The light blinks"));
  expect(denied.getByRole("img").querySelectorAll("rect")).toHaveLength(4);
  await userEvent.clear(denied.getByLabelText("Tones, 0 to 10"));
  await userEvent.type(denied.getByLabelText("Tones, 0 to 10"), "5");
  expect(denied.getByRole("img")).toHaveAccessibleName("Access denied: red for 2 s, 5 tones, “No”");
  await userEvent.click(denied.getByRole("button", { name: "Play the light of Access denied" }));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("SetReaderSignals")).toEqual({
    input: { ...SIGNALS, denied: { colour: "RED", blinks: false, tones: 5, text: "No" } },
  });
});

test("a problem stands at the signal that has it, and at no other", async () => {
  showOne("s1", { UpdateSignalSet: refused("VALIDATION", "A reader sounds 0 to 10 tones.", "denied", "tones") });
  await userEvent.click(await screen.findByText("Save"));
  expect(await (await part("Access denied")).findByText("A reader sounds 0 to 10 tones.")).toBeDefined();
  expect(screen.getAllByText("A reader sounds 0 to 10 tones.")).toHaveLength(1);
});

test("a new set begins as the site's and is created with its name", async () => {
  const { sent } = showOne(NEW, { CreateSignalSet: accepted({ signalSet: QUIET }) });
  await userEvent.type(await screen.findByLabelText(/^Name/), "Night");
  await userEvent.click(screen.getByText("Create the set"));
  await vi.waitFor(() => expect(sent("CreateSignalSet")).toEqual({ name: "Night", signals: SIGNALS }));
});

test("deleting a set that is shown says who shows it", async () => {
  showOne("s1", { DeleteSignalSet: refused("CONFLICT", "Office in shows this.", "id") });
  await userEvent.click(await screen.findByText("Delete"));
  const dialog = within(screen.getByRole("dialog"));
  expect(dialog.getByText(/Office in shows it/)).toBeDefined();
  await userEvent.click(dialog.getByText("Delete it"));
  expect(await dialog.findByText("Office in shows this.")).toBeDefined();
});
