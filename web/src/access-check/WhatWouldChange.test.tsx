import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { type Answers, showScreen } from "../testing/configuration";
import { aPage, aViewer } from "../testing/people";
import { spansWords } from "./spans";
import { WhatWouldChange } from "./WhatWouldChange";

afterEach(() => vi.unstubAllGlobals());

const START = "2026-11-24T12:00:00.000Z";
const END = "2026-12-01T12:00:00.000Z";

const COMPARED = {
  compareDraft: {
    comparison: {
      start: START,
      end: END,
      gaining: 1,
      losing: 2,
      total: 3,
      differences: aPage(
        [
          {
            cardholder: { id: "c1", number: "7", name: "Ada Byron" },
            door: { id: "d1", name: "Office" },
            side: "A",
            gained: [],
            lost: [{ startsAt: START, endsAt: END }],
          },
        ],
        { hasNextPage: true },
      ),
    },
    errors: [],
  },
};

const WRITER = ["cardholder.view", "cardholder.write", "configuration.view", "configuration.write", "access.assign", "threat.raise"];

function show(answers: Answers = {}, permissions = WRITER) {
  return showScreen(<WhatWouldChange viewer={aViewer(permissions)} />, {
    DraftRules: { accessRules: { nodes: [{ id: "r1", name: "Staff" }] } },
    DraftLevels: { threatLevels: [{ id: "t1", name: "Severe" }] },
    GroupChoices: { groups: [{ id: "g1", name: "Cleaners" }] },
    Cardholders: { cardholders: { nodes: [{ id: "c1", number: "7", firstName: "Ada", lastName: "Byron" }], pageInfo: {} } },
    CompareDraft: COMPARED,
    ...answers,
  });
}

async function pick(label: string, name: string): Promise<void> {
  await userEvent.click(screen.getByLabelText(`Find: ${label}`));
  await userEvent.click(await screen.findByRole("button", { name: `Choose ${name}` }));
}

test("changes are put together and compared in their order, over a time that is said", async () => {
  const { sent, container } = show();
  expect(screen.getByText("Compare")).toBeDisabled();
  await pick("access rule", "Staff");
  await userEvent.click(screen.getByText("Add to the draft"));
  await userEvent.selectOptions(screen.getByLabelText("What"), "Add a cardholder to a group");
  await pick("cardholder", "Ada Byron (7)");
  await pick("group", "Cleaners");
  await userEvent.click(screen.getByText("Add to the draft"));
  await userEvent.selectOptions(screen.getByLabelText("What"), "Set a threat level in force");
  await pick("threat level", "Severe");
  await userEvent.click(screen.getByText("Add to the draft"));
  await userEvent.click(screen.getByText("Compare"));
  const counts = await screen.findByTestId("comparison-counts");
  expect(counts).toHaveTextContent("1 person gains access");
  expect(counts).toHaveTextContent("2 people lose access");
  expect(screen.getByText(/\(7 days\)/)).toBeDefined();
  expect(sent("CompareDraft")).toMatchObject({
    days: 7,
    draft: [
      { updateAccessRule: { id: "r1", enabled: false } },
      { addGroupMembers: { id: "g1", cardholderIds: ["c1"] } },
      { setThreatLevel: { levelId: "t1" } },
    ],
  });
  const row = screen.getByTestId("difference");
  expect(row).toHaveTextContent("Ada Byron");
  expect(row).toHaveTextContent("Office, side A");
  expect(within(row).getByText("the whole time")).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("further pages are of the same time", async () => {
  const { sent } = show();
  await pick("access rule", "Staff");
  await userEvent.click(screen.getByText("Add to the draft"));
  await userEvent.click(screen.getByText("Compare"));
  await screen.findByTestId("difference");
  const start = sent("CompareDraft")?.["start"];
  await userEvent.click(screen.getByRole("button", { name: "Next" }));
  await vi.waitFor(() => expect(sent("CompareDraft")).toMatchObject({ after: "last", start }));
});

test("an answer goes when its draft changes", async () => {
  show();
  await pick("access rule", "Staff");
  await userEvent.click(screen.getByText("Add to the draft"));
  await userEvent.click(screen.getByText("Compare"));
  await screen.findByTestId("comparison-counts");
  await userEvent.click(screen.getByRole("button", { name: "Take out: Disable Staff" }));
  expect(screen.queryByTestId("comparison-counts")).toBeNull();
  expect(screen.getByText("Compare")).toBeDisabled();
});

test("why a draft cannot be compared is said", async () => {
  const message = "Change 1 of the draft: There is no such access rule.";
  show({ CompareDraft: { compareDraft: { comparison: null, errors: [{ code: "NOT_FOUND", message, path: ["draft"] }] } } });
  await pick("access rule", "Staff");
  await userEvent.click(screen.getByText("Add to the draft"));
  await userEvent.click(screen.getByText("Compare"));
  expect(await screen.findByRole("alert")).toHaveTextContent(message);
  expect(screen.queryByTestId("comparison-counts")).toBeNull();
});

test("only what the viewer may do is offered", () => {
  show({}, ["cardholder.view", "configuration.view", "threat.raise"]);
  const kinds = within(screen.getByLabelText("What")).getAllByRole("option");
  expect(kinds.map((each) => each.textContent)).toEqual(["Set a threat level in force"]);
});

function hour(from: number) {
  return {
    startsAt: new Date(2026, 10, 24, from).toISOString(),
    endsAt: new Date(2026, 10, 24, from + 1).toISOString(),
  };
}

test("times are told briefly", () => {
  const whole = { startsAt: START, endsAt: END };
  expect(spansWords([whole], whole)).toBe("the whole time");
  const words = spansWords([hour(1), hour(3), hour(5), hour(7), hour(9)], whole);
  expect(words).toMatch(/01:00 – 02:00; .*03:00 – 04:00; .*05:00 – 06:00; 2 more$/);
});
