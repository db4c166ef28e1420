import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, refused, showScreen } from "../../testing/configuration";
import { HolidayList } from "./HolidayList";
import { HolidayScreen } from "./HolidayScreen";

afterEach(() => vi.unstubAllGlobals());

const CALENDAR = {
  id: "h1",
  name: "Bavaria",
  source: "COUNTRY",
  country: "DE",
  subdivision: "BY",
  categories: ["public"],
  coversTo: "2036-12-31",
  filledAt: "2026-01-01T00:00:00Z",
  version: 1,
  holidays: [{ date: "2026-01-06", name: "Epiphany", yearly: false }],
};

const ANSWERS = {
  CalendarDates: { holidayCalendars: [CALENDAR] },
  CalendarList: { holidayCalendars: [CALENDAR] },
  HolidayCountries: { holidayCountries: [{ code: "SE", subdivisions: [] }, { code: "DE", subdivisions: ["BE", "BY"] }] },
  CreateCalendar: accepted({ holidayCalendar: CALENDAR, skipped: 0 }),
  RenameCalendar: accepted({ holidayCalendar: { ...CALENDAR, version: 2 } }),
  FillCalendar: accepted({ holidayCalendar: CALENDAR, skipped: 0 }),
};

test("holidays are typed", async () => {
  const { sent, container } = showScreen(<HolidayScreen id="new" writable />, ANSWERS);
  await userEvent.type(screen.getByLabelText(/^Name/), "Ours");
  await userEvent.click(screen.getByText("Add a holiday"));
  fireEvent.change(screen.getByLabelText("Date 1"), { target: { value: "2026-07-01" } });
  await userEvent.type(screen.getByLabelText("Holiday 1"), "Founding day");
  await userEvent.click(screen.getByLabelText("Holiday 1 every year"));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Create the calendar"));
  await vi.waitFor(() =>
    expect(sent("CreateCalendar")).toEqual({
      input: {
        name: "Ours",
        dates: { holidays: [{ date: "2026-07-01", name: "Founding day", yearly: true }], icalendar: null, country: null },
      },
    }),
  );
});

test("an iCalendar file is read and sent as text", async () => {
  const { sent } = showScreen(<HolidayScreen id="new" writable />, ANSWERS);
  await userEvent.selectOptions(screen.getByLabelText("Where the dates come from"), "ICALENDAR");
  const file = Object.assign(new File(["BEGIN:VCALENDAR"], "days.ics", { type: "text/calendar" }), {
    text: async () => "BEGIN:VCALENDAR",
  });
  await userEvent.upload(screen.getByLabelText("File"), file);
  await userEvent.click(screen.getByText("Create the calendar"));
  await vi.waitFor(() =>
    expect(sent("CreateCalendar")).toMatchObject({
      input: { dates: { holidays: null, icalendar: "BEGIN:VCALENDAR", country: null } },
    }),
  );
});

test("a country is chosen by its name, with its parts", async () => {
  const { sent } = showScreen(<HolidayScreen id="new" writable />, ANSWERS);
  await userEvent.selectOptions(screen.getByLabelText("Where the dates come from"), "COUNTRY");
  await screen.findByText("Sweden");
  await userEvent.selectOptions(screen.getByLabelText("Country"), "Germany");
  await userEvent.selectOptions(screen.getByLabelText("Part of the country"), "BY");
  await userEvent.type(screen.getByLabelText("Categories"), "public, bank");
  await userEvent.click(screen.getByText("Create the calendar"));
  await vi.waitFor(() =>
    expect(sent("CreateCalendar")).toMatchObject({
      input: { dates: { country: { country: "DE", subdivision: "BY", categories: ["public", "bank"] } } },
    }),
  );
});

test("a new name leaves the dates alone, unless they are to be filled again", async () => {
  const { sent } = showScreen(<HolidayScreen id="h1" writable />, ANSWERS);
  expect(await screen.findByText("Epiphany", { exact: false })).toBeDefined();
  await userEvent.type(screen.getByLabelText(/^Name/), " 2026");
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("RenameCalendar")).toEqual({ id: "h1", name: "Bavaria 2026", expectedVersion: 1 });
  expect(sent("FillCalendar")).toBeUndefined();
});

test("a file that cannot be read says so at the file", async () => {
  const message = "This is not an iCalendar file.";
  showScreen(<HolidayScreen id="new" writable />, {
    ...ANSWERS,
    CreateCalendar: refused("VALIDATION", message, "input", "dates", "icalendar"),
  });
  await userEvent.selectOptions(screen.getByLabelText("Where the dates come from"), "ICALENDAR");
  await userEvent.click(screen.getByText("Create the calendar"));
  await vi.waitFor(() => expect(screen.getByLabelText("File")).toHaveAccessibleDescription(new RegExp(message)));
});

test("the list says where the dates come from", async () => {
  showScreen(<HolidayList writable />, ANSWERS);
  expect(await screen.findByRole("row", { name: /Bavaria Germany, BY, public 2036-12-31/ })).toBeDefined();
});
