import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { DeliveryRowFragment, WebhookRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { accepted, refused, showScreen } from "../testing/configuration";
import { noDialogs } from "../testing/dialog";
import { WebhookList } from "./WebhookList";
import { WebhookScreen } from "./WebhookScreen";
import { answerWords, filterWords, nextWords, standing } from "./words";

beforeEach(noDialogs);
afterEach(() => {
  vi.unstubAllGlobals();
  location.hash = "";
});

const EVERYTHING = { categories: [], types: [], severities: [], doorId: null, cardholderId: null, correlation: null };
const DESK: WebhookRowFragment = {
  id: "w1",
  name: "Desk",
  url: "https://desk.example/hook",
  enabled: true,
  stopReason: null,
  isPaused: false,
  state: "Works.",
  ownerName: "Ada",
  pending: 2,
  failingSince: null,
  previousSecretUntil: null,
  version: 3,
  filter: { ...EVERYTHING, categories: ["DOOR"], types: ["door.forced"], doorId: "d1" },
};
const NEW_ONE: WebhookRowFragment = { ...DESK, enabled: false, stopReason: "NEW", state: "Not enabled yet." };
const FAILED: DeliveryRowFragment = {
  id: "m1",
  messageId: "msg_1",
  type: "door.forced",
  status: "PENDING",
  attempts: 2,
  createdAt: "2026-03-03T12:00:00Z",
  lastAttemptAt: "2026-03-03T12:00:05Z",
  nextAttemptAt: "2026-03-03T12:05:05Z",
  responseStatus: 500,
  responseMs: 12,
  response: "no room",
  error: "It answered 500 Internal Server Error.",
};
const TYPES = [
  { type: "door.forced", title: "Door forced open" },
  { type: "door.held", title: "Door held open" },
];
const LOG = { webhookDeliveries: { nodes: [FAILED], pageInfo: { startCursor: "c", hasPreviousPage: true } } };

function show(webhook: WebhookRowFragment | null, answers: Record<string, unknown> = {}) {
  return showScreen(<WebhookScreen id={webhook?.id ?? "new"} />, {
    WebhookScreen: { webhook, eventTypes: TYPES },
    WebhookLog: LOG,
    ...answers,
  });
}

test("webhooks are listed with how they are and what they are sent", async () => {
  const { container } = showScreen(<WebhookList />, { WebhookList: { webhooks: { nodes: [DESK] } } });
  const row = (await screen.findByText("Desk")).closest("tr");
  for (const text of ["Enabled", "Doors, door.forced, one door", "2", "https://desk.example/hook"]) {
    expect(row).toHaveTextContent(text);
  }
  expect(await faultsOf(container)).toEqual([]);
});

test("a webhook is made, and its secret is shown once", async () => {
  const { container, sent } = show(null, { CreateWebhook: accepted({ webhook: { id: "w9" }, secret: "whsec_abc" }) });
  await userEvent.type(await screen.findByLabelText(/^Name/), "Desk");
  await userEvent.type(screen.getByLabelText(/^Address/), "desk.example");
  await userEvent.click(screen.getByLabelText("Doors"));
  await userEvent.click(screen.getByLabelText("Alarm"));
  await userEvent.type(screen.getByLabelText("Add to types"), "forced");
  await userEvent.click(screen.getByRole("button", { name: "Add Door forced open (door.forced)" }));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Create the webhook"));
  expect(await screen.findByTestId("webhook-secret")).toHaveTextContent("whsec_abc");
  expect(sent("CreateWebhook")).toEqual({
    input: {
      name: "Desk",
      url: "https://desk.example",
      filter: { ...EVERYTHING, categories: ["DOOR"], severities: ["ALARM"], types: ["door.forced"] },
    },
  });
  await userEvent.click(screen.getByText("I have it"));
  expect(location.hash).toBe("#/configuration/webhooks/w9");
});

test("saving keeps what this screen does not show", async () => {
  const { sent } = show(DESK, { UpdateWebhook: accepted({ webhook: DESK }) });
  await userEvent.type(await screen.findByLabelText(/^Name/), " 2");
  expect(screen.getByText(/narrowed down further/)).toBeVisible();
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(sent("UpdateWebhook")).toBeDefined());
  expect(sent("UpdateWebhook")).toEqual({
    input: { id: "w1", expectedVersion: 3, name: "Desk 2", url: DESK.url, filter: DESK.filter },
  });
});

test("a receiver that does not echo the challenge is said, and one that does", async () => {
  const { sent } = show(NEW_ONE, { EnableWebhook: refused("VALIDATION", "The receiver was not verified.", "url") });
  expect(await screen.findByTestId("webhook-state")).toHaveTextContent("Not enabled yet.");
  await userEvent.click(screen.getByRole("button", { name: "Enable" }));
  expect(await screen.findByText("The receiver was not verified.")).toBeVisible();
  expect(sent("EnableWebhook")).toEqual({ input: { id: "w1", fromNow: false } });
});

test("a secret is changed with the grace that was chosen", async () => {
  const { container, sent } = show(DESK, { RotateWebhookSecret: accepted({ secret: "whsec_new" }) });
  await userEvent.click(await screen.findByText("New secret…"));
  await userEvent.selectOptions(screen.getByLabelText("The present secret still signs"), "0");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Make a new secret"));
  expect(await screen.findByTestId("webhook-secret")).toHaveTextContent("whsec_new");
  expect(sent("RotateWebhookSecret")).toEqual({ input: { id: "w1", grace: "PT0H" } });
});

test("the delivery log says what came of it, and sends one again or everything since", async () => {
  const { container, sent } = show(DESK, {
    ReplayWebhookDelivery: accepted({ delivery: { id: "m1" } }),
    ReplayWebhook: accepted({ webhook: { id: "w1" } }),
    TestWebhook: accepted({ delivery: { id: "m2" } }),
  });
  const row = await screen.findByTestId("delivery");
  for (const text of ["door.forced", "Waiting", "500 Internal Server Error. 2 attempts.", "no room"]) expect(row).toHaveTextContent(text);
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(within(row).getByRole("button", { name: "Send door.forced again" }));
  expect(sent("ReplayWebhookDelivery")).toEqual({ input: { id: "m1" } });
  await userEvent.click(screen.getByText("Older"));
  await vi.waitFor(() => expect(sent("WebhookLog")).toMatchObject({ before: "c" }));
  await userEvent.selectOptions(screen.getByLabelText("Show"), "FAILED");
  await vi.waitFor(() => expect(sent("WebhookLog")).toMatchObject({ before: null, statuses: ["FAILED"] }));
  await userEvent.click(screen.getByText("Send a test"));
  expect(await screen.findByText(/A test message is on its way/)).toBeVisible();
  await userEvent.click(screen.getByText("Send again since…"));
  const dialog = within(screen.getByTestId("replay-dialog"));
  await userEvent.type(dialog.getByLabelText(/^Since/), "2026-03-03T12:00");
  await userEvent.click(dialog.getByRole("button", { name: "Send again" }));
  expect(sent("ReplayWebhook")).toEqual({ input: { id: "w1", since: new Date("2026-03-03T12:00").toISOString() } });
});

function words(change: Partial<WebhookRowFragment>): string {
  return standing({ ...DESK, ...change }).word;
}

test("how a webhook is, in a word", () => {
  expect(words({})).toBe("Enabled");
  expect(words({ isPaused: true })).toBe("Paused");
  expect(words({ failingSince: "2026-03-03T12:00:00Z" })).toBe("Failing");
  expect(words({ enabled: false, stopReason: "BY_HAND" })).toBe("Not enabled");
  expect(words({ enabled: false, stopReason: "GONE" })).toBe("Given up");
  expect(filterWords(EVERYTHING)).toBe("Everything");
  expect(answerWords({ ...FAILED, error: null, attempts: 1, responseStatus: 204 })).toBe("204 after 12 ms, 1 attempt.");
  const due = Date.parse("2026-03-03T12:05:05Z");
  expect(nextWords(FAILED, due - 1)).toMatch(/^Again .*5/);
  expect(nextWords(FAILED, due)).toBe("Again when the receiver is given another chance.");
  expect(nextWords({ ...FAILED, nextAttemptAt: null }, due)).toBe("");
  expect(answerWords({ ...FAILED, error: null, attempts: 0, responseStatus: null })).toBe("Not sent yet.");
});
