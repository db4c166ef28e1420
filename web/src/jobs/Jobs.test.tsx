import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { JobRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { noDialogs } from "../testing/dialog";
import { aViewer } from "../testing/people";
import { accepted, showScreen } from "../testing/configuration";
import { Jobs } from "./Jobs";
import { progressWords } from "./words";

beforeEach(noDialogs);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function aJob(more: Partial<JobRowFragment> = {}): JobRowFragment {
  return {
    id: "j1",
    kind: "CARDHOLDERS",
    state: "DONE",
    dryRun: false,
    userName: "Ada",
    total: 1200,
    done: 1200,
    failed: 3,
    message: "",
    createdAt: "2026-01-31T12:00:00Z",
    endedAt: "2026-01-31T12:01:00Z",
    resultUrl: "/jobs/j1/result",
    version: 13,
    ...more,
  };
}

test("an import that has ended has its result to download", async () => {
  const { container } = showScreen(<Jobs viewer={aViewer()} />, { Jobs: { jobs: [aJob()] } });
  const row = within(await screen.findByTestId("job"));
  expect(row.getByText("Done")).toBeVisible();
  expect(row.getByText("1,200 of 1,200 lines, 3 refused.")).toBeVisible();
  expect(row.getByRole("link", { name: "Result of Cardholders" })).toHaveAttribute("href", "/jobs/j1/result");
  expect(row.queryByRole("progressbar")).toBeNull();
  expect(await faultsOf(container)).toEqual([]);
});

test("one under way shows how far it is, is asked for again, and can be cancelled", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const running = aJob({ state: "RUNNING", done: 300, failed: 0, dryRun: true });
  const { asked, sent, container } = showScreen(<Jobs viewer={aViewer()} />, {
    Jobs: { jobs: [running] },
    CancelJob: accepted({ job: running }),
  });
  const bar = await screen.findByRole("progressbar", { name: "Progress of Cardholders, tried" });
  expect(bar).toHaveAttribute("value", "300");
  expect(await faultsOf(container)).toEqual([]);
  const before = asked.length;
  vi.advanceTimersByTime(2000);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before));
  await userEvent.click(screen.getByRole("button", { name: "Cancel Cardholders, tried" }));
  await userEvent.click(screen.getByRole("button", { name: "Cancel the import" }));
  await vi.waitFor(() => expect(sent("CancelJob")).toEqual({ input: { id: "j1" } }));
});

test("a file is first only tried, and sent with a key", async () => {
  const forms: FormData[] = [];
  showScreen(<Jobs viewer={aViewer()} />, { Jobs: { jobs: [] } });
  expect(await screen.findByText("Nothing was imported yet.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Try it" })).toBeDisabled();
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    if (init.body instanceof FormData) forms.push(init.body);
    return Response.json({ data: forms.length === 0 ? { jobs: [] } : accepted({ job: aJob() }) });
  });
  await userEvent.upload(screen.getByLabelText("File"), new File(['{"name": "A"}\n'], "people.jsonl"));
  await userEvent.click(screen.getByRole("button", { name: "Try it" }));
  await vi.waitFor(() => expect(forms).toHaveLength(1));
  const { variables } = JSON.parse(String(forms[0]?.get("operations"))) as { variables: { input: Record<string, unknown> } };
  expect(variables.input).toMatchObject({ kind: "CARDHOLDERS", dryRun: true });
  expect(String(variables.input["idempotencyKey"])).toMatch(/^[0-9a-f]{32}-CARDHOLDERS-true$/);
});

test("who may change no configuration imports cardholders only", async () => {
  showScreen(<Jobs viewer={aViewer(["cardholder.view", "cardholder.write"])} />, { Jobs: { jobs: [] } });
  expect(await screen.findByRole("option", { name: /^Cardholders/ })).toBeDefined();
  expect(screen.queryByRole("option", { name: "Groups" })).toBeNull();
});

test("why a whole import failed is said", () => {
  expect(progressWords(aJob({ state: "FAILED", done: 100, failed: 0, message: "Ada may not do this any more." }))).toBe(
    "100 of 1,200 lines. Ada may not do this any more.",
  );
});
