import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import type { OverrideDetailFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, showScreen } from "../../testing/configuration";
import { OverrideList } from "./OverrideList";
import { OverrideScreen } from "./OverrideScreen";

afterEach(() => vi.unstubAllGlobals());

const CLOSED: OverrideDetailFragment = {
  id: "o1",
  name: "Closed",
  cutsMidnight: false,
  intervals: [],
  dates: [{ firstDay: "2026-12-24", lastDay: "2026-12-24", yearly: true, intervals: [{ start: "08:00", end: "12:00" }] }],
  calendars: [],
  inUseBy: [],
  version: 5,
};

const ANSWERS = {
  OverrideList: { overrideSchedules: [CLOSED] },
  CalendarList: { holidayCalendars: [{ id: "h1", name: "Public", source: "MANUAL", categories: [] }] },
  UpdateOverride: accepted({ overrideSchedule: CLOSED }),
};

test("dates keep their own slots, and new ones take those of the override schedule", async () => {
  const { sent, container } = showScreen(<OverrideScreen id="o1" writable />, ANSWERS);
  expect(await screen.findByLabelText("Slots 1")).toHaveValue("08:00-12:00");
  await userEvent.click(screen.getByText("Add dates"));
  fireEvent.change(screen.getByLabelText("First day 2"), { target: { value: "2026-12-31" } });
  await userEvent.click(screen.getByLabelText("Add to holiday calendars"));
  await userEvent.click(await screen.findByRole("button", { name: "Add Public" }));
  await userEvent.click(screen.getByLabelText(/End at midnight/));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateOverride")).toEqual({
    input: {
      id: "o1",
      expectedVersion: 5,
      name: "Closed",
      intervals: [],
      dates: [
        { firstDay: "2026-12-24", lastDay: null, yearly: true, intervals: [{ start: "08:00", end: "12:00" }] },
        { firstDay: "2026-12-31", lastDay: null, yearly: false, intervals: null },
      ],
      calendarIds: ["h1"],
      cutsMidnight: true,
    },
  });
});

test("the list says what stands on the days of each", async () => {
  showScreen(<OverrideList writable={false} />, ANSWERS);
  expect(await screen.findByRole("row", { name: /Closed nothing 1 none nothing/ })).toBeDefined();
  expect(screen.queryByText("New override schedule")).toBeNull();
});
