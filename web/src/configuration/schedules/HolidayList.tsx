
import { useWhole } from "../../api/use-whole";
import { CalendarListDocument, type CalendarRowFragment } from "../../gql/operations";
import { Cell, ListPage, NameCell, Rows } from "../Page";

const COUNTRIES = new Intl.DisplayNames(["en"], { type: "region" });

/** All holiday calendars, with where their dates come from. */
export function HolidayList({ writable }: { writable: boolean }) {
  const [{ data, error }] = useWhole({ query: CalendarListDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="holidays"
      create={writable ? "New holiday calendar" : undefined}
      error={error}
      count={data?.holidayCalendars.length}
      empty="There are no holiday calendars yet."
    >
      <Rows caption="Holiday calendars" columns={["Name", "Source", "Covers to"]}>
        {data?.holidayCalendars.map((calendar) => (
          <tr key={calendar.id}>
            <NameCell section="holidays" id={calendar.id} name={calendar.name} />
            <Cell label="Source">{sourceWords(calendar)}</Cell>
            <Cell label="Covers to">{calendar.coversTo ?? "no end"}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}

/** Where the dates come from, in words. */
export function sourceWords({ source, country, subdivision, categories }: CalendarRowFragment): string {
  if (source === "MANUAL") return "typed";
  if (source === "ICALENDAR") return "an iCalendar file";
  return [countryName(country ?? ""), subdivision, ...categories].filter((word) => word !== null && word !== "").join(", ");
}

export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (COUNTRIES.of(code) ?? code) : code;
}
