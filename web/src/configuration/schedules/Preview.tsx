import { useEffect, useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../../api/client";
import { browserWait } from "../../api/wait";
import { DraftPreviewDocument, type ScheduleCause, type WeekFragment } from "../../gql/operations";
import { Part } from "../Editor";
import { readable, type ScheduleDraft, termsInput } from "./schedule-draft";
import { slotsText } from "./slots";
import { type Bar, barsOn, daysLater, mondayOf, today } from "./week";
import "./schedules.css";

type Day = WeekFragment["days"][number];

const TYPING_MS = 300;

const CAUSES: Record<ScheduleCause, string> = {
  WEEKLY: "the week",
  PERIOD: "a date range",
  OVERRIDE: "an override day",
  HOLIDAY: "a holiday",
  OUTSIDE: "before its first or after its last day",
};
const DAY_WORDS = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

/** What shifts the week: a change of any of them asks for it again. */
const AGAIN_AFTER = { additionalTypenames: ["Schedule", "OverrideSchedule", "HolidayCalendar"] };

/** A week of the schedule as it is typed, drawn and in words, with what gives each day its slots. Nothing is stored. */
export function Preview({ draft }: { draft: ScheduleDraft }) {
  const [monday, setMonday] = useState(() => mondayOf(today(new Date())));
  const [shown, setShown] = useState(draft);
  const legible = readable(draft);
  useEffect(() => (legible ? browserWait(() => setShown(draft), TYPING_MS) : undefined), [draft, legible]);
  const [{ data, error }] = useQuery({
    query: DraftPreviewDocument,
    variables: { draft: termsInput(shown), monday },
    requestPolicy: "cache-and-network",
    context: AGAIN_AFTER,
  });
  const { preview, errors = [] } = data?.draftSchedulePreview ?? {};
  return (
    <Part
      title="Preview"
      end={
        <span className="choices">
          <button type="button" onClick={() => setMonday(daysLater(monday, -7))}>
            Week before
          </button>
          <button type="button" onClick={() => setMonday(mondayOf(today(new Date())))}>
            This week
          </button>
          <button type="button" onClick={() => setMonday(daysLater(monday, 7))}>
            Week after
          </button>
        </span>
      }
    >
      {error && <p className="note-problem">{sentenceOf(error)}</p>}
      <div role="status">
        {errors.map(({ message }) => (
          <p key={message} className="quiet">
            No week yet: {message}
          </p>
        ))}
      </div>
      {preview && (
        <table className="week">
          <caption className="heard-only">The week from {dayWords(monday)}</caption>
          <thead className="heard-only">
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Drawn</th>
              <th scope="col">Slots</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {preview.days.map((day) => (
              <tr key={day.date}>
                <th scope="row">{dayWords(day.date)}</th>
                <td className="week-bars">
                  <Bars bars={barsOn(day.date, preview.spans)} />
                </td>
                <td>{slotsText(day.intervals) || "nothing"}</td>
                <td className="quiet">{causeWords(day)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="field-hint">
        {legible
          ? "By the site’s time zone, with what is typed below. Nothing is stored until you save."
          : "Some slots below cannot be read: this is the week before they were typed."}
      </p>
    </Part>
  );
}

function Bars({ bars }: { bars: readonly Bar[] }) {
  return (
    <svg viewBox="0 0 1440 20" preserveAspectRatio="none" aria-hidden="true">
      {[360, 720, 1080].map((minute) => (
        <path key={minute} d={`M${minute} 0v20`} />
      ))}
      {bars.map(({ startMin, endMin }) => (
        <rect key={startMin} x={startMin} width={endMin - startMin} y="2" height="16" />
      ))}
    </svg>
  );
}

function causeWords({ cause, override, holiday }: Day): string {
  return [CAUSES[cause], override, holiday].filter((word) => word !== "").join(": ");
}

function dayWords(date: string): string {
  return DAY_WORDS.format(Date.parse(`${date}T00:00:00Z`));
}
