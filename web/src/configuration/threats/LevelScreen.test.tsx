import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { aLevel, aThreat } from "../../testing/threats";
import { LevelList } from "./LevelList";
import { LevelScreen } from "./LevelScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const ANSWERS = {
  LevelList: { threatLevels: [aLevel()], threat: null },
  PlaceChoices: { doors: [{ id: "d1", name: "Office" }], zones: [{ id: "z1", name: "Building" }] },
  RuleChoices: { accessRules: { nodes: [{ id: "r1", name: "Guards" }] } },
  IdentificationChoices: { identificationProfiles: [{ id: "p1", name: "Card" }, { id: "p2", name: "Card and PIN" }] },
  UpdateThreatLevel: accepted({ threatLevel: aLevel() }),
  CreateThreatLevel: accepted({ threatLevel: aLevel() }),
  DeleteThreatLevel: accepted({ deletedId: "l1" }),
};

const show = (id = "l1", answers: Answers = {}) => showScreen(<LevelScreen id={id} writable />, { ...ANSWERS, ...answers });

async function add(picker: string, name: string): Promise<void> {
  await userEvent.click(await screen.findByLabelText(`Add to ${picker}`));
  await userEvent.click(await screen.findByRole("button", { name: `Add ${name}` }));
}

test("everything that a level switches is sent", async () => {
  const { sent, container } = show();
  await userEvent.selectOptions(await screen.findByLabelText("Which apply"), "None applies but those named");
  await add("named rules", "Guards");
  await add("doors and zones in lockdown", "Office");
  await add("places with another profile", "Zone Building");
  await userEvent.selectOptions(screen.getByLabelText("Zone Building is opened by"), "Card and PIN");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateThreatLevel")).toEqual({
    input: {
      id: "l1",
      expectedVersion: 3,
      name: "Intruder",
      rank: 80,
      colour: "VERMILION",
      releaseRank: 50,
      switches: {
        ruleSwitch: "ONLY",
        ruleIds: ["r1"],
        lockdowns: [{ zoneId: "z1" }, { doorId: "d1" }],
        profiles: [{ place: { zoneId: "z1" }, profileId: "p2" }],
      },
    },
  });
});

test("rules that were chosen are not sent once all apply", async () => {
  const { sent } = show();
  await userEvent.selectOptions(await screen.findByLabelText("Which apply"), "All apply but those named");
  await add("named rules", "Guards");
  await userEvent.selectOptions(screen.getByLabelText("Which apply"), "All apply, as they are");
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateThreatLevel")).toMatchObject({ input: { switches: { ruleSwitch: "ALL", ruleIds: [] } } });
});

test("a rank that is taken is refused at its field", async () => {
  show("new", { CreateThreatLevel: refused("CONFLICT", "Intruder has rank 80 already.", "rank") });
  await userEvent.type(await screen.findByLabelText(/^Name/), "Fire");
  await userEvent.type(screen.getByLabelText(/^Rank/), "80");
  await userEvent.click(screen.getByText("Create the threat level"));
  await vi.waitFor(() => expect(screen.getByLabelText(/^Rank/)).toHaveAccessibleDescription(/has rank 80 already/));
});

test("a level in force can be looked at only", async () => {
  show("l1", { LevelList: { threatLevels: [aLevel()], threat: aThreat() } });
  expect(await screen.findByText(/This level is in force\./)).toBeDefined();
  expect(screen.getByLabelText(/^Name/)).toBeDisabled();
  expect(screen.queryByText("Delete")).toBeNull();
});

test("a level is deleted after a question", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(screen.getByText("Delete it"));
  await vi.waitFor(() => expect(sent("DeleteThreatLevel")).toEqual({ id: "l1", expectedVersion: 3 }));
});

test("the list says what each level does, and which is in force", async () => {
  const levels = { threatLevels: [aLevel()], threat: aThreat() };
  const { container } = showScreen(<LevelList writable={false} />, { LevelList: levels });
  expect(await screen.findByRole("row", { name: /Intruder In force 80 50 Lockdown of Building\./ })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});
