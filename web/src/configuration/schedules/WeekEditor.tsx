import { WEEKDAYS } from "./schedule-draft";
import { SLOTS_HINT } from "./slots";
import { SlotsField } from "./SlotsField";

interface WeekEditorProps {
  /** Seven lines, from Monday. */
  week: readonly string[];
  onChange: (week: string[]) => void;
  /** Stands after each weekday, where a page has several weeks. */
  of?: string;
}

/** The slots of each weekday. */
export function WeekEditor({ week, onChange, of = "" }: WeekEditorProps) {
  const [monday = ""] = week;
  return (
    <>
      <p className="field-hint">{SLOTS_HINT}</p>
      <div className="form-pair">
        {WEEKDAYS.map((day, index) => (
          <SlotsField
            key={day}
            label={`${day}${of}`}
            value={week[index] ?? ""}
            onChange={(typed) => onChange(week.with(index, typed))}
          />
        ))}
      </div>
      <div>
        <button type="button" onClick={() => onChange(week.map((line, index) => (index < 5 ? monday : line)))}>
          Monday’s slots until Friday
        </button>
      </div>
    </>
  );
}
