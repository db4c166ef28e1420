import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../testing/configuration";
import { noDialogs } from "../testing/dialog";
import { anEvent } from "../testing/events";
import { aLive } from "../testing/live";
import { aLevel, aThreat } from "../testing/threats";
import { aViewer } from "../testing/people";
import { ThreatBar } from "./ThreatBar";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const ELEVATED = aLevel({ id: "l2", name: "Elevated", rank: 20, colour: "YELLOW", releaseRank: 0 });
const EVERYTHING = ["door.view", "configuration.view", "threat.raise", "threat.release"];

async function show(threat: object | null, { permissions = EVERYTHING, clearance = 100, answers = {} as Answers } = {}) {
  const { live, arrive } = await aLive();
  let present = threat;
  const shown = showScreen(<ThreatBar feed={live.feed} viewer={aViewer(permissions)} />, {
    PresentThreat: () => ({ threat: present }),
    LevelChoices: { threatLevels: [aLevel(), ELEVATED], viewer: { id: "u1", clearance } },
    SetThreatLevel: () => {
      present = aThreat();
      return accepted({ threat: present });
    },
    ReleaseThreatLevel: () => {
      present = null;
      return accepted({ threat: null });
    },
    ...answers,
  });
  const becomes = (now: object | null): void => {
    present = now;
  };
  return { ...shown, arrive, becomes };
}

test("the level in force is told in words and colour, with who set it and why", async () => {
  const { container } = await show(aThreat());
  expect(await screen.findByText("Threat level: Intruder")).toBeDefined();
  expect(screen.getByRole("status")).toHaveTextContent(/by eve: glass broken/);
  expect(screen.getByTestId("threat")).toHaveClass("threat-vermilion");
  expect(await faultsOf(container)).toEqual([]);
});

test("that none is in force is told too", async () => {
  await show(null);
  expect(await screen.findByText("Threat level: none")).toBeDefined();
});

test("a level is raised with a reason, and shown at once", async () => {
  const { sent, container } = await show(null);
  await userEvent.click(await screen.findByText("Raise…"));
  const dialog = within(screen.getByTestId("threat-dialog"));
  expect(await dialog.findByLabelText("Intruder")).toHaveAccessibleDescription("Lockdown of Building.");
  expect(dialog.getByTestId("threat-confirm")).toBeDisabled();
  await userEvent.click(dialog.getByLabelText("Intruder"));
  await userEvent.type(dialog.getByLabelText("Reason"), " glass broken ");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(dialog.getByRole("button", { name: "Raise to Intruder" }));
  expect(await screen.findByText("Threat level: Intruder")).toBeDefined();
  expect(sent("SetThreatLevel")).toEqual({ levelId: "l1", reason: "glass broken" });
  expect(screen.queryByTestId("threat-dialog")).toBeNull();
});

test("it is lowered and released by name", async () => {
  const { sent } = await show(aThreat());
  await userEvent.click(await screen.findByText("Change or release…"));
  await userEvent.click(await screen.findByLabelText("Elevated"));
  expect(screen.getByRole("button", { name: "Lower to Elevated" })).toBeEnabled();
  await userEvent.click(screen.getByLabelText("None"));
  await userEvent.click(screen.getByRole("button", { name: "Release Intruder" }));
  expect(await screen.findByText("Threat level: none")).toBeDefined();
  expect(sent("ReleaseThreatLevel")).toEqual({ reason: "" });
});

test("who lacks the clearance sees why nothing lower can be chosen", async () => {
  await show(aThreat({ releaseRank: 80 }), { clearance: 50 });
  await userEvent.click(await screen.findByText("Change or release…"));
  const none = await screen.findByLabelText("None");
  expect(none).toBeDisabled();
  expect(none).toHaveAccessibleDescription(/clearance of 80 only; you have 50/);
});

test("what the server refuses is told, and the dialog stays", async () => {
  const message = "Intruder can be lowered only with a clearance of 100.";
  await show(aThreat(), { answers: { ReleaseThreatLevel: refused("PERMISSION", message) } });
  await userEvent.click(await screen.findByText("Change or release…"));
  await userEvent.click(await screen.findByLabelText("None"));
  await userEvent.click(screen.getByTestId("threat-confirm"));
  expect(await screen.findByRole("alert")).toHaveTextContent(message);
});

test("what somebody else does appears by itself", async () => {
  const { arrive, becomes } = await show(null);
  await screen.findByText("Threat level: none");
  becomes(aThreat());
  arrive(anEvent("e1", { type: "threat.raised", category: "SYSTEM" }));
  await waitFor(() => expect(screen.getByText("Threat level: Intruder")).toBeDefined(), { timeout: 3_000 });
});

test("who may only look is offered nothing", async () => {
  await show(null, { permissions: ["door.view"] });
  await screen.findByText("Threat level: none");
  expect(screen.queryByRole("button")).toBeNull();
});
