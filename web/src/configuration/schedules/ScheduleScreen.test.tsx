import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ScheduleDetailFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { noDialogs } from "../../testing/dialog";
import { ScheduleList } from "./ScheduleList";
import { ScheduleScreen } from "./ScheduleScreen";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const OFFICE: ScheduleDetailFragment = {
  id: "s1",
  name: "Office hours",
  kind: "WEEKLY",
  activeNow: true,
  nextChange: null,
  inUseBy: [{ kind: "access rule", id: "r1", name: "Staff" }],
  version: 2,
  firstDay: null,
  lastDay: null,
  days: [{ weekday: 0, intervals: [{ start: "22:00", end: "30:00" }] }],
  periods: [],
  overrides: [],
  overrideSchedules: [],
};

const PREVIEW = {
  draftSchedulePreview: {
    errors: [],
    preview: {
      days: [
        { date: "2026-03-02", intervals: [{ start: "22:00", end: "30:00" }], cause: "WEEKLY", override: "", holiday: "" },
        { date: "2026-03-03", intervals: [], cause: "HOLIDAY", override: "Closed", holiday: "Founding day" },
      ],
      spans: [{ localStart: "2026-03-02T22:00:00+01:00", localEnd: "2026-03-03T06:00:00+01:00" }],
    },
  },
};

function show(id = "s1", answers: Answers = {}, writable = true) {
  return showScreen(<ScheduleScreen id={id} writable={writable} seesPeople />, {
    ScheduleDetail: { schedule: OFFICE },
    DraftPreview: PREVIEW,
    OverrideChoices: { overrideSchedules: [{ id: "o1", name: "Closed" }] },
    UpdateSchedule: accepted({ schedule: OFFICE }),
    CreateSchedule: accepted({ schedule: OFFICE }),
    ...answers,
  });
}

test("slots are typed by weekday, several a day and past midnight", async () => {
  const { sent } = show();
  expect(await screen.findByLabelText("Monday")).toHaveValue("22:00-06:00");
  await userEvent.type(screen.getByLabelText("Tuesday"), "8-12, 13-17:30");
  await userEvent.click(screen.getByLabelText("Add to override schedules"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Closed" }));
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateSchedule")).toMatchObject({
    input: {
      id: "s1",
      expectedVersion: 2,
      days: [
        { weekday: 0, intervals: [{ start: "22:00", end: "06:00" }] },
        { weekday: 1, intervals: [{ start: "08:00", end: "12:00" }, { start: "13:00", end: "17:30" }] },
      ],
      overrideScheduleIds: ["o1"],
    },
  });
});

test("a line that cannot be read is not sent, and has the focus", async () => {
  const { sent } = show();
  const tuesday = await screen.findByLabelText("Tuesday");
  await userEvent.type(tuesday, "eight to five");
  expect(tuesday).toBeInvalid();
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(tuesday).toHaveFocus());
  expect(sent("UpdateSchedule")).toBeUndefined();
});

test("a daily schedule has the same slots on every day of its date ranges", async () => {
  const { sent } = show("new");
  await userEvent.type(screen.getByLabelText(/^Name/), "Fair");
  await userEvent.selectOptions(screen.getByLabelText("Kind"), "DAILY");
  expect(screen.queryByLabelText("Monday")).toBeNull();
  await userEvent.click(screen.getByText("Add a date range"));
  fireEvent.change(screen.getByLabelText("From, range 1"), { target: { value: "2026-05-01" } });
  await userEvent.type(screen.getByLabelText("Every day, range 1"), "9-18");
  await userEvent.click(screen.getByText("Create the schedule"));
  await vi.waitFor(() =>
    expect(sent("CreateSchedule")).toMatchObject({
      input: {
        name: "Fair",
        kind: "DAILY",
        days: [],
        periods: [
          { firstDay: "2026-05-01", lastDay: "2026-05-01", days: [], everyDay: [{ start: "09:00", end: "18:00" }] },
        ],
      },
    }),
  );
});

test("Monday's slots are copied to the days until Friday, not to the weekend", async () => {
  show();
  await userEvent.click(await screen.findByText("Monday’s slots until Friday"));
  expect(screen.getByLabelText("Friday")).toHaveValue("22:00-06:00");
  expect(screen.getByLabelText("Saturday")).toHaveValue("");
});

test("the week is drawn over midnight, and each day says why", async () => {
  const { container } = show();
  expect(await screen.findByText("a holiday: Closed: Founding day")).toBeDefined();
  const bars = [...container.querySelectorAll("rect")].map((bar) => [bar.getAttribute("x"), bar.getAttribute("width")]);
  expect(bars).toEqual([
    ["1320", "120"],
    ["0", "360"],
  ]);
});

test("the week follows what is typed, and waits while that cannot be read", async () => {
  const { sent, asked } = show();
  const tuesday = await screen.findByLabelText("Tuesday");
  await screen.findByText("the week");
  await userEvent.type(tuesday, "8-12");
  await vi.waitFor(() =>
    expect(sent("DraftPreview")).toMatchObject({
      draft: {
        days: [
          { weekday: 0, intervals: [{ start: "22:00", end: "06:00" }] },
          { weekday: 1, intervals: [{ start: "08:00", end: "12:00" }] },
        ],
      },
    }),
  );
  expect(sent("DraftPreview")?.["draft"]).not.toHaveProperty("name");
  await userEvent.type(tuesday, " and on");
  expect(screen.getByText(/cannot be read: this is the week before/)).toBeDefined();
  expect(asked.some(({ operationName }) => operationName === "UpdateSchedule")).toBe(false);
});

test("a schedule that could not be saved says so in place of its week", async () => {
  const message = "A daily schedule needs dates. Add at least one range.";
  const refusal = { preview: null, errors: [{ code: "VALIDATION", message, path: ["periods"] }] };
  show("new", { DraftPreview: { draftSchedulePreview: refusal } });
  expect(await screen.findByText(`No week yet: ${message}`)).toBeDefined();
});

test("the effect of a typed schedule is compared, unless it cannot be read", async () => {
  const { sent } = show("s1", { CompareDraft: { compareDraft: { comparison: null, errors: [] } } });
  const tuesday = await screen.findByLabelText("Tuesday");
  await userEvent.type(tuesday, "8");
  await userEvent.click(screen.getByText("Preview effect"));
  expect(screen.queryByRole("dialog")).toBeNull();
  await userEvent.type(tuesday, "-12");
  await userEvent.click(screen.getByText("Preview effect"));
  await vi.waitFor(() => expect(sent("CompareDraft")).toMatchObject({ draft: [{ updateSchedule: { id: "s1" } }] }));
});

test("the preview goes on by a week", async () => {
  const { sent } = show();
  await screen.findByText("the week");
  const { monday } = sent("DraftPreview") ?? {};
  await userEvent.click(screen.getByText("Week after"));
  await vi.waitFor(() =>
    expect(Date.parse(String(sent("DraftPreview")?.["monday"])) - Date.parse(String(monday))).toBe(7 * 86_400_000),
  );
});

test("a schedule in use names its users, and why it cannot be deleted", async () => {
  const { sent } = show("s1", { DeleteSchedule: refused("CONFLICT", "Office hours is in use by Staff.", "id") });
  expect(await screen.findByRole("link", { name: "Staff" })).toHaveAttribute("href", "#/configuration/rules/r1");
  await userEvent.click(screen.getByText("Delete"));
  await userEvent.click(within(screen.getByRole("dialog")).getByText("Delete it"));
  expect(await screen.findByText("Office hours is in use by Staff.")).toBeDefined();
  expect(sent("DeleteSchedule")).toEqual({ id: OFFICE.id, expectedVersion: OFFICE.version });
});

test("the list says what each schedule does now", async () => {
  const { container } = showScreen(<ScheduleList writable />, { ScheduleList: { schedules: [OFFICE] } });
  expect(await screen.findByRole("row", { name: /Office hours Weekly Active now none within a year 1/ })).toBeDefined();
  await userEvent.type(screen.getByLabelText("Search by name"), "xyz");
  expect(await screen.findByText("Nothing is found for “xyz”.")).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("the editor is accessible", async () => {
  const { container } = show();
  await screen.findByText("the week");
  expect(await faultsOf(container)).toEqual([]);
});
