import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole, type Whole } from "../../api/use-whole";
import {
  CalendarDatesDocument,
  type CalendarDatesQuery,
  CreateCalendarDocument,
  DeleteCalendarDocument,
  FillCalendarDocument,
  RenameCalendarDocument,
} from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { sourceWords } from "./HolidayList";
import { type DatesSource, HolidaySourceFields, NO_SOURCE, sourceInput } from "./HolidaySourceFields";

type Calendar = Whole<CalendarDatesQuery>["holidayCalendars"][number];

const FIELDS = ["name", "holidays", "icalendar", "country", "subdivision", "categories"] as const;

/** One holiday calendar with its dates, or a new one. */
export function HolidayScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: CalendarDatesDocument, complete: true, requestPolicy: "cache-and-network", pause: id === NEW });
  const calendar = data?.holidayCalendars.find((each) => each.id === id);
  return (
    <EditorPage
      section="holidays"
      title={id === NEW ? "New holiday calendar" : (calendar?.name ?? "Holiday calendar")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, calendar)}
    >
      {(onSaved) => (
        <>
          <CalendarEditor
            key={calendar?.version ?? NEW}
            calendar={calendar ?? null}
            writable={writable}
            onSaved={onSaved}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
          {calendar && <Dates calendar={calendar} />}
        </>
      )}
    </EditorPage>
  );
}

interface CalendarEditorProps extends WritingProps {
  calendar: Calendar | null;
  writable: boolean;
}

function CalendarEditor({ calendar, writable, ...writing }: CalendarEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("holidays", FIELDS, writing);
  const [name, setName] = useState(calendar?.name ?? "");
  const [source, setSource] = useState<DatesSource>(() => (calendar === null ? NO_SOURCE : sourceOf(calendar)));
  const [filling, setFilling] = useState(calendar === null);
  const { fields } = saving.problems;

  const submit = (): Promise<void> =>
    save(calendar === null ? "create" : "change", async () => {
      const dates = sourceInput(source);
      if (calendar === null) {
        const { payload, problems } = await send(api, CreateCalendarDocument, { input: { name: name.trim(), dates } });
        return { problems, id: payload?.holidayCalendar?.id ?? null };
      }
      const { id } = calendar;
      let { version } = calendar;
      if (name.trim() !== calendar.name) {
        const renamed = await send(api, RenameCalendarDocument, { id, name: name.trim(), expectedVersion: version });
        if (renamed.payload === null) return { problems: renamed.problems, id };
        version = renamed.payload.holidayCalendar?.version ?? version;
      }
      if (!filling) return { problems: [], id };
      return { problems: (await send(api, FillCalendarDocument, { input: { id, expectedVersion: version, dates } })).problems, id };
    });

  return (
    <Editor
      saving={saving}
      action={calendar === null ? "Create the calendar" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("holidays")}
      onReload={writing.onReload}
      removal={
        calendar === null
          ? undefined
          : {
              name: calendar.name,
              consequence: "A calendar that an override schedule follows cannot be deleted.",
              remove: async () => (await send(api, DeleteCalendarDocument, { id: calendar.id })).problems,
              onRemoved: () => openConfiguration("holidays"),
            }
      }
    >
      <Part title="Calendar">
        <Text label="Name" required value={name} onChange={setName} problem={fields.name} />
        {calendar && (
          <Check
            label="Fill it again"
            hint="All of its dates are replaced."
            checked={filling}
            onChange={setFilling}
          />
        )}
      </Part>
      {filling && <HolidaySourceFields source={source} onChange={setSource} problems={fields} />}
    </Editor>
  );
}

function Dates({ calendar }: { calendar: Calendar }) {
  return (
    <Part title="Its dates">
      <p className="quiet">From {sourceWords(calendar)}.</p>
      {calendar.holidays.length === 0 && <p className="quiet">There are none.</p>}
      <ul>
        {calendar.holidays.map(({ date, name, yearly }) => (
          <li key={`${date} ${name}`}>
            <time dateTime={date}>{date}</time> {name} {yearly && <span className="quiet">(every year)</span>}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function sourceOf({ source, holidays, country, subdivision, categories }: Calendar): DatesSource {
  return {
    ...NO_SOURCE,
    kind: source,
    holidays: source === "MANUAL" ? holidays : NO_SOURCE.holidays,
    country: country ?? "",
    subdivision: subdivision ?? "",
    categories: categories.join(", "),
  };
}
