import { useQuery } from "urql";

import { HolidayCountriesDocument, type HolidayInput, type HolidaySource, type HolidaySourceInput } from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Described } from "../../ui/Described";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import { countryName } from "./HolidayList";

/** Where dates are to come from, as the form holds it; what belongs to other kinds is kept, but not sent. */
export interface DatesSource {
  kind: HolidaySource;
  holidays: readonly { date: string; name: string; yearly: boolean }[];
  /** The text of the file. */
  icalendar: string;
  country: string;
  subdivision: string;
  /** Words with commas between them. */
  categories: string;
}

export const NO_SOURCE: DatesSource = {
  kind: "MANUAL",
  holidays: [],
  icalendar: "",
  country: "",
  subdivision: "",
  categories: "",
};

/** The source as the API wants it: exactly one of the three kinds. */
export function sourceInput({ kind, holidays, icalendar, country, subdivision, categories }: DatesSource): HolidaySourceInput {
  const none = { holidays: null, icalendar: null, country: null };
  switch (kind) {
    case "MANUAL":
      return { ...none, holidays: holidays.map(({ date, name, yearly }): HolidayInput => ({ date, name: name.trim(), yearly })) };
    case "ICALENDAR":
      return { ...none, icalendar };
    case "COUNTRY": {
      const words = categories.split(",").map((word) => word.trim());
      return { ...none, country: { country, subdivision: subdivision || null, categories: words.filter((word) => word !== "") } };
    }
  }
}

interface SourceProps {
  source: DatesSource;
  onChange: (source: DatesSource) => void;
  problems: Partial<Record<"holidays" | "icalendar" | "country" | "subdivision" | "categories", string>>;
}

/** Dates that are typed, read from a file, or those of a country. */
export function HolidaySourceFields({ source, onChange, problems }: SourceProps) {
  const change = (part: Partial<DatesSource>): void => onChange({ ...source, ...part });
  return (
    <Part title="Dates">
      <Select
        label="Where the dates come from"
        value={source.kind}
        options={[
          ["MANUAL", "I type them"],
          ["ICALENDAR", "An iCalendar file (.ics)"],
          ["COUNTRY", "The holidays of a country"],
        ]}
        onChange={(kind) => change({ kind })}
      />
      {source.kind === "MANUAL" && <Typed source={source} change={change} problem={problems.holidays} />}
      {source.kind === "ICALENDAR" && (
        <Described label="File" hint="Its whole-day events count; recurring ones for ten years." problem={problems.icalendar}>
          {(description) => (
            <input
              {...description}
              type="file"
              accept=".ics,text/calendar"
              onChange={({ currentTarget }) => {
                const [file] = currentTarget.files ?? [];
                if (file) void file.text().then((icalendar) => change({ icalendar }));
              }}
            />
          )}
        </Described>
      )}
      {source.kind === "COUNTRY" && <Country source={source} change={change} problems={problems} />}
    </Part>
  );
}

interface PartProps {
  source: DatesSource;
  change: (part: Partial<DatesSource>) => void;
}

function Typed({ source: { holidays }, change, problem }: PartProps & { problem: string | undefined }) {
  const set = (index: number, part: Partial<DatesSource["holidays"][number]>): void =>
    change({ holidays: holidays.map((each, at) => (at === index ? { ...each, ...part } : each)) });
  return (
    <>
      <ul className="rows">
        {holidays.map(({ date, name, yearly }, index) => (
          // Rows have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <Text label={`Date ${index + 1}`} type="date" value={date} onChange={(typed) => set(index, { date: typed })} />
            <Text label={`Holiday ${index + 1}`} value={name} onChange={(typed) => set(index, { name: typed })} />
            <Check label={`Holiday ${index + 1} every year`} checked={yearly} onChange={(on) => set(index, { yearly: on })} />
            <button type="button" onClick={() => change({ holidays: holidays.filter((_, at) => at !== index) })}>
              Remove holiday {index + 1}
            </button>
          </li>
        ))}
      </ul>
      <div>
        <button type="button" onClick={() => change({ holidays: [...holidays, { date: "", name: "", yearly: false }] })}>
          Add a holiday
        </button>
      </div>
      {problem !== undefined && <p className="field-problem">{problem}</p>}
    </>
  );
}

function Country({ source, change, problems }: PartProps & Pick<SourceProps, "problems">) {
  const [{ data }] = useQuery({ query: HolidayCountriesDocument });
  const countries = (data?.holidayCountries ?? [])
    .map(({ code }) => [code, countryName(code)] as const)
    .toSorted(([, a], [, b]) => a.localeCompare(b));
  const subdivisions = data?.holidayCountries.find(({ code }) => code === source.country)?.subdivisions ?? [];
  return (
    <div className="form-pair">
      <Select
        label="Country"
        value={source.country}
        options={[["", "Choose one"], ...countries]}
        onChange={(country) => change({ country, subdivision: "" })}
        problem={problems.country}
      />
      <Select
        label="Part of the country"
        value={source.subdivision}
        options={[["", "All of it"], ...subdivisions.map((code) => [code, code] as const)]}
        onChange={(subdivision) => change({ subdivision })}
        problem={problems.subdivision}
      />
      <Text
        label="Categories"
        hint="Such as public, bank, half_day; empty: public."
        value={source.categories}
        onChange={(categories) => change({ categories })}
        problem={problems.categories}
      />
    </div>
  );
}
