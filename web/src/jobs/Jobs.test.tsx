import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Sink } from "../api/socket";
import type { JobRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { noDialogs } from "../testing/dialog";
import { aViewer } from "../testing/people";
import { accepted, type Answers, showScreen } from "../testing/configuration";
import { ManualWait } from "../testing/wait";
import { JobStates } from "./job-states";
import { Jobs } from "./Jobs";
import { progressWords } from "./words";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

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

/** A page of the list, with nothing before or after it. */
function listed(...nodes: JobRowFragment[]): object {
  return { jobs: { nodes, pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null } } };
}

/** The screen with what the server sends of jobs by hand. */
function showJobs(answers: Answers, viewer = aViewer()) {
  const open: Sink<JobRowFragment>[] = [];
  const waiting = new ManualWait();
  const states = new JobStates((sink) => {
    open.push(sink);
    return () => open.splice(open.indexOf(sink), 1);
  }, waiting.wait);
  const shown = showScreen(<Jobs viewer={viewer} states={states} />, answers);
  const told = (job: JobRowFragment): void => act(() => open.at(-1)?.next(job));
  const cut = (): void => act(() => open.splice(0).forEach((sink) => sink.ended(null)));
  return { ...shown, told, cut, open, waiting };
}

test("an import that has ended has its result to download", async () => {
  const { container } = showJobs({ Jobs: listed(aJob()) });
  const row = within(await screen.findByTestId("job"));
  expect(row.getByText("Done")).toBeVisible();
  expect(row.getByText("1,200 of 1,200 lines, 3 refused.")).toBeVisible();
  expect(row.getByRole("link", { name: "Result of Cardholders" })).toHaveAttribute("href", "/jobs/j1/result");
  expect(row.queryByRole("progressbar")).toBeNull();
  expect(await faultsOf(container)).toEqual([]);
});

test("one under way shows how far it is as it comes further, and can be cancelled", async () => {
  const running = aJob({ state: "RUNNING", done: 300, failed: 0, dryRun: true });
  const { asked, sent, container, told } = showJobs({
    Jobs: listed(running),
    CancelJob: accepted({ job: running }),
  });
  const bar = await screen.findByRole("progressbar", { name: "Progress of Cardholders, tried" });
  expect(bar).toHaveAttribute("value", "300");
  expect(await faultsOf(container)).toEqual([]);
  told({ ...running, done: 400, version: 14 });
  expect(bar).toHaveAttribute("value", "400");
  told({ ...running, done: 200, version: 12 });
  expect(bar).toHaveAttribute("value", "400");
  expect(asked.map(({ operationName }) => operationName)).toEqual(["Jobs"]);
  await userEvent.click(screen.getByRole("button", { name: "Cancel Cardholders, tried" }));
  await userEvent.click(screen.getByRole("button", { name: "Cancel the import" }));
  await vi.waitFor(() => expect(sent("CancelJob")).toEqual({ input: { id: "j1" } }));
});

test("after a cut the import is followed again, and its end is seen", async () => {
  const running = aJob({ state: "RUNNING", done: 300 });
  const { told, cut, open, waiting } = showJobs({ Jobs: listed(running) });
  await screen.findByRole("progressbar");
  cut();
  expect(open).toHaveLength(0);
  act(() => waiting.pass());
  expect(open).toHaveLength(1);
  told({ ...running, state: "DONE", done: 1200, version: 20 });
  expect(screen.getByText("Done")).toBeVisible();
  expect(screen.queryByRole("progressbar")).toBeNull();
});

test("an import that was begun elsewhere appears, and nobody follows once the screen is left", async () => {
  const jobs = [aJob()];
  const { asked, told, open, unmount } = showJobs({ Jobs: () => listed(...jobs) });
  await screen.findByTestId("job");
  jobs.unshift(aJob({ id: "j2", kind: "GROUPS", state: "QUEUED" }));
  told(jobs[0] as JobRowFragment);
  await vi.waitFor(() => expect(screen.getAllByTestId("job")).toHaveLength(2));
  expect(asked).toHaveLength(2);
  unmount();
  expect(open).toHaveLength(0);
});

test("older imports are on further pages", async () => {
  const pageInfo = { hasNextPage: true, hasPreviousPage: false, startCursor: "a", endCursor: "z" };
  const { sent } = showJobs({ Jobs: { jobs: { nodes: [aJob()], pageInfo } } });
  await userEvent.click(await screen.findByRole("button", { name: "Next" }));
  await vi.waitFor(() => expect(sent("Jobs")).toEqual({ first: 25, after: "z" }));
});

test("a file is first only tried, and sent with a key", async () => {
  const forms: FormData[] = [];
  showJobs({ Jobs: listed() });
  expect(await screen.findByText("Nothing was imported yet.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Try it" })).toBeDisabled();
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    // The list is asked for again after a file was sent: that is another request, with another answer.
    if (!(init.body instanceof FormData)) return Response.json({ data: listed(aJob()) });
    forms.push(init.body);
    return Response.json({ data: accepted({ job: aJob() }) });
  });
  await userEvent.upload(screen.getByLabelText("File"), new File(['{"name": "A"}\n'], "people.jsonl"));
  await userEvent.click(screen.getByRole("button", { name: "Try it" }));
  await vi.waitFor(() => expect(forms).toHaveLength(1));
  const { variables } = JSON.parse(String(forms[0]?.get("operations"))) as { variables: { input: Record<string, unknown> } };
  expect(variables.input).toMatchObject({ kind: "CARDHOLDERS", dryRun: true });
  expect(String(variables.input["idempotencyKey"])).toMatch(/^[0-9a-f]{32}-CARDHOLDERS-true$/);
});

test("who may change no configuration imports cardholders only", async () => {
  showJobs({ Jobs: listed() }, aViewer(["cardholder.view", "cardholder.write"]));
  expect(await screen.findByRole("option", { name: /^Cardholders/ })).toBeDefined();
  expect(screen.queryByRole("option", { name: "Groups" })).toBeNull();
});

test("why a whole import failed is said", () => {
  expect(progressWords(aJob({ state: "FAILED", done: 100, failed: 0, message: "Ada may not do this any more." }))).toBe(
    "100 of 1,200 lines. Ada may not do this any more.",
  );
});
