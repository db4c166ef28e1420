import type { FormProblems } from "../api/problems";
import type { ValidityUnit } from "../gql/operations";
import { Check } from "../ui/Check";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import type { Ending, TermsDraft, TermsField } from "./terms";

const ENDINGS: readonly (readonly [Ending, string])[] = [
  ["NEVER", "No end date"],
  ["DATE", "Date"],
  ["FIRST_USE", "From first use"],
  ["LAST_USE", "From last use"],
];
const UNITS: readonly (readonly [ValidityUnit, string])[] = [
  ["DAYS", "days"],
  ["MONTHS", "months"],
  ["YEARS", "years"],
  ["USES", "times"],
];

interface TermsFieldsProps {
  draft: TermsDraft;
  change: (part: Partial<TermsDraft>) => void;
  problems: FormProblems<TermsField>["fields"];
}

/** For how long a credential is valid, and what showing it sets off. */
export function TermsFields({ draft, change, problems }: TermsFieldsProps) {
  const counted = draft.ending === "FIRST_USE" || draft.ending === "LAST_USE";
  const endBy = (ending: Ending): void =>
    // Uses are counted from the first one only.
    change({ ending, ...(ending === "LAST_USE" && draft.unit === "USES" ? { unit: "DAYS" } : {}) });
  return (
    <>
      <div className="form-pair">
        <Text
          label="Valid from"
          type="datetime-local"
          value={draft.validFrom}
          onChange={(validFrom) => change({ validFrom })}
          problem={problems.validFrom}
        />
        <Select label="Valid to" value={draft.ending} options={ENDINGS} onChange={endBy} problem={problems.start} />
      </div>
      {draft.ending === "DATE" && (
        <Text
          label="End"
          type="datetime-local"
          hint="The first moment it is no longer valid."
          value={draft.validTo}
          onChange={(validTo) => change({ validTo })}
          problem={problems.validTo}
        />
      )}
      {counted && (
        <div className="form-pair">
          <Text
            label={draft.ending === "FIRST_USE" ? "Ends so long after the first use" : "Ends so long after the last use"}
            type="number"
            min={1}
            value={draft.amount}
            onChange={(amount) => change({ amount })}
            problem={problems.amount ?? problems.relative ?? problems.relativeValidity}
          />
          <Select
            label="Counted in"
            value={draft.unit}
            options={draft.ending === "LAST_USE" ? UNITS.filter(([unit]) => unit !== "USES") : UNITS}
            onChange={(unit) => change({ unit })}
          />
        </div>
      )}
      <div className="flags">
        <Check
          label="Trace"
          hint="An alarm is raised when it is shown, whether or not it opens the door."
          checked={draft.traced}
          onChange={(traced) => change({ traced })}
        />
        <Check
          label="Starts a lockdown"
          hint="Showing it at a reader locks the place down: afterwards only those exempt from lockdown pass."
          checked={draft.startsLockdown}
          onChange={(startsLockdown) => change({ startsLockdown })}
        />
      </div>
    </>
  );
}
