import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useRoute } from "../app/route";
import type { AnswerFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { type Answers, showScreen } from "../testing/configuration";
import { aViewer } from "../testing/people";
import { AccessCheck } from "./AccessCheck";

beforeEach(() => {
  location.hash = "#/access-check/who";
});
afterEach(() => vi.unstubAllGlobals());

const ANSWER: AnswerFragment = {
  at: "2026-11-24T12:00:00Z",
  outcome: "DENIED",
  reason: "outside_schedule",
  reasonText: "The access rule does not apply at this time.",
  steps: [
    { check: "reader", name: "Place", passed: true, sentence: "It is about Office, side A.", about: [{ kind: "DOOR", id: "d1", name: "Office" }] },
    { check: "access_rule", name: "Access rule", passed: true, sentence: "The access rule Staff names the cardholder here.", about: [{ kind: "ACCESS_RULE", id: "r1", name: "Staff" }] },
    { check: "schedule", name: "Schedule", passed: false, sentence: "None of the rule's schedules applies.", about: [] },
  ],
  assumptions: [{ code: "ALONE", text: "Nobody else waits at the door." }],
  cardholder: { id: "c1", name: "Ada Byron" },
  door: { id: "d1", name: "Office" },
  side: "A",
  ruleName: "Staff",
  credential: { id: "k1", kind: "CARD", name: "Blue card" },
};

const PASSERS = {
  whoCanPass: {
    at: "2026-11-24T12:00:00Z",
    door: { id: "d1", name: "Office" },
    side: "A",
    unnamed: 7,
    assumptions: [],
    counts: [
      { outcome: "GRANTED", reason: "granted", reasonText: "Access granted.", people: 30 },
      { outcome: "DENIED", reason: "method_not_accepted", reasonText: "Not accepted here. Use another.", people: 2 },
    ],
    people: {
      nodes: [
        {
          cardholder: { id: "c1", number: "7", name: "Ada Byron" },
          outcome: "GRANTED",
          reason: "granted",
          reasonText: "Access granted.",
          ruleId: "r1",
          ruleName: "Staff",
          scheduleName: "Always",
        },
      ],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: "a", endCursor: "b" },
    },
  },
};

const ANSWERS: Answers = {
  PassPlaces: { doors: [{ id: "d1", name: "Office" }, { id: "d2", name: "Store" }] },
  Cardholders: { cardholders: { nodes: [{ id: "c1", number: "7", firstName: "Ada", lastName: "Byron" }], pageInfo: {} } },
  Carried: {
    cardholder: {
      id: "c1",
      number: "7",
      firstName: "Ada",
      lastName: "Byron",
      credentials: [{ id: "k1", kind: "CARD", name: "Blue card", condition: "ACTIVE" }],
    },
  },
  WouldPass: { wouldPass: ANSWER },
  WhoCanPass: PASSERS,
  CardsNumbered: {
    cardsNumbered: { nodes: [
      { credentialId: "k1", credentialName: "Blue card", facilityCode: "17", cardholder: { id: "c1", number: "7", name: "Ada Byron" } },
    ] },
  },
};

function AtAddress({ permissions }: { permissions: string[] | undefined }) {
  const route = useRoute();
  return route.screen === "access-check" ? <AccessCheck route={route} viewer={aViewer(permissions ?? ["cardholder.view", "configuration.view", "door.view", "event.view"])} /> : <p>elsewhere</p>;
}

function show(hash: string, answers: Answers = {}, permissions?: string[]) {
  location.hash = hash;
  return showScreen(<AtAddress permissions={permissions} />, { ...ANSWERS, ...answers });
}

async function chooseDoor(name: string): Promise<void> {
  await userEvent.click(await screen.findByLabelText("Find: door"));
  await userEvent.click(await screen.findByRole("button", { name: `Choose ${name}` }));
}

test("whoever would pass is chosen, with a door, a side, a time and what is shown; the answer tells every check", async () => {
  const { sent, container } = show("#/access-check/would");
  await userEvent.type(screen.getByLabelText("Find: cardholder"), "ada");
  await userEvent.click(await screen.findByRole("button", { name: "Choose Ada Byron (7)" }));
  await userEvent.selectOptions(await screen.findByLabelText("Shown"), "Card: Blue card");
  await chooseDoor("Office");
  await userEvent.selectOptions(screen.getByLabelText("Side"), "B");
  await userEvent.click(screen.getByText("Ask"));
  expect(await screen.findByText("Ada Byron would be denied at Office, side A.")).toBeDefined();
  expect(sent("WouldPass")).toEqual({ cardholderId: "c1", doorId: "d1", side: "B", at: null, credentialIds: ["k1"] });
  const steps = within(screen.getByTestId("steps")).getAllByRole("listitem");
  expect(steps.map((step) => step.dataset["passed"])).toEqual(["true", "true", "false"]);
  expect(screen.getByRole("link", { name: "Staff" })).toHaveAttribute("href", "#/configuration/rules/r1");
  expect(screen.getByRole("link", { name: "Office" })).toHaveAttribute("href", "#/configuration/doors/d1");
  expect(screen.getByText("Card: Blue card", { selector: "dd" })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("what is missing is said at its field, which has the focus, and nothing is asked", async () => {
  const { sent } = show("#/access-check/would");
  await userEvent.selectOptions(screen.getByLabelText("When"), "THEN");
  await userEvent.click(screen.getByText("Ask"));
  expect(screen.getByText("Choose a cardholder.")).toBeDefined();
  expect(screen.getByText("Choose a door.")).toBeDefined();
  expect(screen.getByLabelText("Date and time")).toHaveAccessibleDescription(/Give the date and the time/);
  await vi.waitFor(() => expect(screen.getByLabelText("Find: cardholder")).toHaveFocus());
  expect(sent("WouldPass")).toBeUndefined();
});

test("an address asks by itself, about its time", async () => {
  const { sent } = show("#/access-check/would?cardholder=c1&door=d1&side=B&at=2026-11-24T12%3A00%3A00Z");
  await screen.findByTestId("answer");
  expect(sent("WouldPass")).toMatchObject({ at: "2026-11-24T12:00:00Z", side: "B", credentialIds: null });
  expect(screen.getByLabelText("Side")).toHaveValue("B");
});

test("the number of a card leads to its owner, who shows it", async () => {
  const { sent } = show("#/access-check/would", {}, ["cardholder.view", "configuration.view", "door.view", "card_number.view"]);
  await userEvent.type(screen.getByLabelText("Or the number of their card"), "1042");
  await userEvent.click(screen.getByText("Find the card"));
  expect(await screen.findByRole("button", { name: "Ada Byron (7): choose another" })).toBeDefined();
  expect(sent("CardsNumbered")).toEqual({ number: "1042" });
  expect(await screen.findByLabelText("Shown")).toHaveValue("k1");
});

test("who may not see card numbers is not asked for one", () => {
  show("#/access-check/would");
  expect(screen.queryByLabelText("Or the number of their card")).toBeNull();
});

test("everybody who can pass is counted, searched, filtered by reason and paged", async () => {
  const { sent, container } = show("#/access-check/who");
  await chooseDoor("Office");
  await userEvent.click(screen.getByText("Show who can pass"));
  expect(await screen.findByText(/30 of the 32 people whom a rule names here would be let in/)).toBeDefined();
  expect(screen.getByText(/No rule here names the other 7/)).toBeDefined();
  const row = screen.getByTestId("passer");
  expect(within(row).getByRole("link", { name: "Staff" })).toHaveAttribute("href", "#/configuration/rules/r1");
  expect(row).toHaveTextContent("Always");
  expect(within(row).getByText("Every check")).toHaveAttribute(
    "href",
    "#/access-check/would?cardholder=c1&door=d1&side=A",
  );
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Next" }));
  await vi.waitFor(() => expect(sent("WhoCanPass")).toMatchObject({ first: 25, after: "b" }));
  await userEvent.click(await screen.findByRole("button", { name: "Not accepted here: 2" }));
  await vi.waitFor(() => expect(sent("WhoCanPass")).toMatchObject({ reason: "method_not_accepted", first: 25 }));
  expect(sent("WhoCanPass")).not.toHaveProperty("after");
  await userEvent.type(screen.getByLabelText("Search by name"), "ada");
  await vi.waitFor(() => expect(sent("WhoCanPass")).toMatchObject({ search: "ada" }));
});

const EXPLAINED = {
  explainDecision: {
    at: "2026-11-24T12:00:00Z",
    outcome: "DENIED",
    reasonText: "The access rule does not apply at this time.",
    steps: ANSWER.steps,
    doorName: "Office",
    side: "A",
    cardholderName: "Ada Byron",
    ruleName: "Staff",
    scheduleName: null,
    now: { ...ANSWER, outcome: "GRANTED" },
  },
};

test("a decision is explained beside what would be decided now", async () => {
  const { sent, container } = show("#/access-check/why/e1", { ExplainDecision: EXPLAINED });
  const then = await screen.findByRole("region", { name: "Then" });
  expect(then).toHaveTextContent("Ada Byron was denied at Office, side A.");
  expect(within(then).getByTestId("steps")).toHaveTextContent("None of the rule's schedules applies.");
  expect(screen.getByRole("region", { name: "Now" })).toHaveTextContent("would be let through Office");
  expect(sent("ExplainDecision")).toEqual({ eventId: "e1" });
  expect(await faultsOf(container)).toEqual([]);
});

test("who sees events alone gets the explanation, and no other question", async () => {
  const hidden = { explainDecision: { ...EXPLAINED.explainDecision, cardholderName: null, now: null } };
  show("#/access-check/why/e1", { ExplainDecision: hidden }, ["event.view"]);
  expect(await screen.findByText(/Somebody was denied at Office/)).toBeDefined();
  expect(screen.queryByRole("navigation", { name: "Questions" })).toBeNull();
});

test("who may not see people or the configuration asks nothing", () => {
  const { asked } = show("#/access-check/who", {}, ["configuration.view", "event.view"]);
  expect(screen.getByText("You may not see who can pass.")).toBeDefined();
  expect(asked).toEqual([]);
});
