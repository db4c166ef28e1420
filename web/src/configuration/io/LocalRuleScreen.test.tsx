import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { aLocalRule } from "../../testing/lines";
import { ruleWords } from "./local-rule-words";
import { LocalRuleList } from "./LocalRuleList";
import { LocalRuleScreen } from "./LocalRuleScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const ANSWERS: Answers = {
  LocalRuleList: { localRules: [aLocalRule()] },
  LocalRuleChoices: {
    auxInputs: [{ id: "i1", name: "Panic button" }],
    auxOutputs: [{ id: "o1", name: "Siren" }],
    doors: [{ id: "d1", name: "Office" }],
    schedules: [{ id: "s1", name: "Nights" }],
    threatLevels: [{ id: "t1", name: "Intruder" }],
    localRuleEvents: [
      { type: "door.forced", title: "Door forced open", category: "DOOR" },
      { type: "access.denied", title: "Access denied", category: "ACCESS" },
    ],
  },
  CreateLocalRule: accepted({ localRule: aLocalRule() }),
  UpdateLocalRule: accepted({ localRule: aLocalRule() }),
  DeleteLocalRule: accepted({ deletedId: "r1" }),
};

const show = (id = "r1", answers: Answers = {}) =>
  showScreen(<LocalRuleScreen id={id} writable />, { ...ANSWERS, ...answers });
const choose = async (label: string, words: string) =>
  userEvent.selectOptions(await screen.findByLabelText(label), await screen.findByRole("option", { name: words }));
const save = async () => {
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
};

test("a rule that goes by an event pulses, and names the door or any", async () => {
  const { sent, container } = show();
  await choose("It goes by", "something that happens");
  expect(screen.queryByRole("option", { name: /as long as that is so/ })).toBeNull();
  await choose("When this happens", "Access: Access denied");
  await userEvent.clear(screen.getByLabelText(/^For how long/));
  await userEvent.type(screen.getByLabelText(/^For how long/), "1,5");
  expect(await faultsOf(container)).toEqual([]);
  await save();
  expect(sent("UpdateLocalRule")).toEqual({
    input: {
      id: "r1",
      expectedVersion: 4,
      name: "Panic",
      enabled: true,
      trigger: { kind: "EVENT", event: "access.denied", doorId: null },
      action: "PULSE",
      outputId: "o1",
      pulseMs: 1500,
    },
  });
});

test.each([
  ["how a door is", "Door", "Office", { kind: "DOOR", doorId: "d1", doorFact: "FORCED" }],
  ["a schedule", "When the schedule applies", "Nights", { kind: "SCHEDULE", scheduleId: "s1" }],
  ["the threat level", "When this level is in force", "Intruder", { kind: "THREAT_LEVEL", threatLevelId: "t1" }],
])("a rule can go by %s", async (kind, label, name, trigger) => {
  const { sent } = show();
  await choose("It goes by", kind);
  await choose(label, name);
  await save();
  expect(sent("UpdateLocalRule")).toMatchObject({ input: { trigger, action: "FOLLOW", pulseMs: null } });
});

test("a rule for an input at rest is sent", async () => {
  const { sent } = show("new");
  await userEvent.type(await screen.findByLabelText(/^Name/), "Dead man");
  await choose("Input", "Panic button");
  await choose("When the input", "is at rest");
  await choose("Output", "Siren");
  await choose("The output", "is switched off, and stays off");
  await userEvent.click(screen.getByText("Create the rule"));
  await vi.waitFor(() =>
    expect(sent("CreateLocalRule")).toMatchObject({
      input: { trigger: { kind: "INPUT", inputId: "i1", inputActive: false }, action: "OFF", outputId: "o1" },
    }),
  );
});

test("what the server misses is said at its field", async () => {
  show("r1", { UpdateLocalRule: refused("VALIDATION", "Name the event that the rule goes by.", "trigger", "event") });
  await choose("It goes by", "something that happens");
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(screen.getByLabelText("When this happens")).toHaveAccessibleDescription(/Name the event/));
});

test("a rule that somebody else has changed is not overwritten", async () => {
  show("r1", { UpdateLocalRule: refused("CONFLICT", "Somebody else has changed this meanwhile.", "expectedVersion") });
  await userEvent.click(await screen.findByText("Save"));
  expect(await screen.findByText("Load it again and drop my changes")).toBeDefined();
});

test("a rule is deleted after a question", async () => {
  const { sent } = show();
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(screen.getByText("Delete it"));
  await vi.waitFor(() => expect(sent("DeleteLocalRule")).toEqual({ id: "r1", expectedVersion: 4 }));
});

test("the list says each rule as a sentence", async () => {
  const { container } = showScreen(<LocalRuleList writable={false} />, {
    LocalRuleList: { localRules: [aLocalRule({ enabled: false })] },
  });
  const words = "As long as Panic button is active, Siren is on.";
  expect(await screen.findByRole("row", { name: `Panic ${words} Disabled` })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("every kind of rule has its words", () => {
  const pulse = { action: "PULSE", pulseMs: 1500 } as const;
  const words = [
    ruleWords(aLocalRule(pulse, { kind: "EVENT", eventTitle: "Access denied" })),
    ruleWords(aLocalRule({ action: "ON" }, { kind: "DOOR", doorName: "Office", doorFact: "HELD" })),
    ruleWords(aLocalRule({ action: "OFF" }, { kind: "SCHEDULE", scheduleName: "Nights" })),
    ruleWords(aLocalRule({}, { kind: "THREAT_LEVEL" })),
    ruleWords(aLocalRule({}, { inputActive: false })),
  ];
  expect(words).toEqual([
    "When “Access denied” happens at any door, reader or input, Siren is on for 1.5 s.",
    "When Office is held open, Siren is switched on.",
    "When the schedule Nights applies, Siren is switched off.",
    "As long as any threat level is in force, Siren is on.",
    "As long as Panic button is at rest, Siren is on.",
  ]);
});
