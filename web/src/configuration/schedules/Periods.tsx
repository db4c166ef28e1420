import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import { NO_WEEK, type PeriodDraft, type ScheduleDraft } from "./schedule-draft";
import { SLOTS_HINT } from "./slots";
import { SlotsField } from "./SlotsField";
import { WeekEditor } from "./WeekEditor";

interface ListProps {
  draft: ScheduleDraft;
  change: (part: Partial<ScheduleDraft>) => void;
  problem: string | undefined;
}

/** Date ranges: with a week of their own, or, of a daily schedule, with slots for every day. */
export function Periods({ draft, change, problem }: ListProps) {
  const set = (index: number, part: Partial<PeriodDraft>): void =>
    change({ periods: draft.periods.map((each, at) => (at === index ? { ...each, ...part } : each)) });
  return (
    <Part
      title="Date ranges"
      end={
        <button
          type="button"
          onClick={() => change({ periods: [...draft.periods, { firstDay: "", lastDay: "", week: NO_WEEK }] })}
        >
          Add a date range
        </button>
      }
    >
      {draft.periods.length === 0 && (
        <p className="quiet">
          {draft.kind === "DAILY"
            ? "A daily schedule applies on its date ranges only."
            : "None: the week stands all year. A range, such as summer, has a week of its own."}
        </p>
      )}
      {draft.periods.map((period, index) => (
        // Ranges have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="period" role="group" aria-label={`Date range ${index + 1}`}>
          <div className="inline-fields">
            <Text
              label={`From, range ${index + 1}`}
              type="date"
              value={period.firstDay}
              onChange={(firstDay) => set(index, { firstDay })}
            />
            <Text
              label={`To, range ${index + 1}`}
              type="date"
              value={period.lastDay}
              onChange={(lastDay) => set(index, { lastDay })}
            />
            <button type="button" onClick={() => change({ periods: draft.periods.filter((_, at) => at !== index) })}>
              Remove range {index + 1}
            </button>
          </div>
          {draft.kind === "DAILY" ? (
            <SlotsField
              label={`Every day, range ${index + 1}`}
              hint={SLOTS_HINT}
              value={period.week[0] ?? ""}
              onChange={(typed) => set(index, { week: period.week.with(0, typed) })}
            />
          ) : (
            <WeekEditor of={`, range ${index + 1}`} week={period.week} onChange={(week) => set(index, { week })} />
          )}
        </div>
      ))}
      {problem !== undefined && <p className="field-problem">{problem}</p>}
    </Part>
  );
}

/** Single dates on which this schedule alone has other slots. */
export function OwnDays({ draft, change, problem }: ListProps) {
  const set = (index: number, part: Partial<{ date: string; slots: string }>): void =>
    change({ overrides: draft.overrides.map((each, at) => (at === index ? { ...each, ...part } : each)) });
  return (
    <Part
      title="Override days"
      end={
        <button type="button" onClick={() => change({ overrides: [...draft.overrides, { date: "", slots: "" }] })}>
          Add a day
        </button>
      }
    >
      {draft.overrides.length === 0 && <p className="quiet">None: no single date differs.</p>}
      <ul className="rows">
        {draft.overrides.map((day, index) => (
          // Days have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <Text label={`Date ${index + 1}`} type="date" value={day.date} onChange={(date) => set(index, { date })} />
            <SlotsField label={`Slots of date ${index + 1}`} value={day.slots} onChange={(slots) => set(index, { slots })} />
            <button type="button" onClick={() => change({ overrides: draft.overrides.filter((_, at) => at !== index) })}>
              Remove date {index + 1}
            </button>
          </li>
        ))}
      </ul>
      {problem !== undefined && <p className="field-problem">{problem}</p>}
    </Part>
  );
}
