import type { FormProblems } from "../api/problems";
import { fromLocalField, toLocalField } from "../app/clock";
import type { CredentialDetailFragment, TermsInput, ValidityUnit } from "../gql/operations";

/** How the validity of a credential ends: never, at a date, or counted from a use. */
export type Ending = "NEVER" | "DATE" | "FIRST_USE" | "LAST_USE";

/** A credential's terms as a form holds them: texts, and times as `datetime-local` fields have them. */
export interface TermsDraft {
  name: string;
  validFrom: string;
  ending: Ending;
  validTo: string;
  amount: string;
  unit: ValidityUnit;
  traced: boolean;
  startsLockdown: boolean;
}

/** As the API names them; `relative`, `start` and `amount` are parts of the validity that counts from a use. */
export const TERMS_FIELDS = ["name", "validFrom", "validTo", "amount", "start", "relative", "relativeValidity"] as const;
export type TermsField = (typeof TERMS_FIELDS)[number];

export const NEW_TERMS: TermsDraft = {
  name: "",
  validFrom: "",
  ending: "NEVER",
  validTo: "",
  amount: "30",
  unit: "DAYS",
  traced: false,
  startsLockdown: false,
};

type Terms = Pick<
  CredentialDetailFragment,
  "name" | "validFrom" | "validTo" | "relativeValidity" | "traced" | "startsLockdown"
>;

export function draftOf({ name, validFrom, validTo, relativeValidity, traced, startsLockdown }: Terms): TermsDraft {
  return {
    name,
    validFrom: toLocalField(validFrom),
    ending: relativeValidity?.start ?? (validTo === null ? "NEVER" : "DATE"),
    validTo: toLocalField(validTo),
    amount: String(relativeValidity?.amount ?? NEW_TERMS.amount),
    unit: relativeValidity?.unit ?? NEW_TERMS.unit,
    traced,
    startsLockdown,
  };
}

/** The terms as the API wants them, or why they cannot be sent. `was`: the moments that the draft began with. */
export function readTerms(
  draft: TermsDraft,
  was: Pick<Terms, "validFrom" | "validTo"> = { validFrom: null, validTo: null },
): { terms: Required<TermsInput> } | { problems: FormProblems<TermsField> } {
  const { ending, amount, unit, traced, startsLockdown } = draft;
  if (ending === "DATE" && draft.validTo === "") return refused("validTo", "Choose the end, or no end date.");
  const counted = ending === "FIRST_USE" || ending === "LAST_USE";
  if (counted && !/^[1-9]\d{0,6}$/.test(amount.trim())) return refused("amount", "Enter a whole number from 1, in digits.");
  return {
    terms: {
      name: draft.name.trim() || null,
      validFrom: moment(draft.validFrom, was.validFrom),
      validTo: ending === "DATE" ? moment(draft.validTo, was.validTo) : null,
      relativeValidity: counted ? { start: ending, amount: Number(amount), unit } : null,
      traced,
      startsLockdown,
    },
  };
}

/** The entered time; the present one where it was left alone, because a field has no seconds. */
function moment(entered: string, was: string | null): string | null {
  return entered === toLocalField(was) ? was : fromLocalField(entered);
}

function refused(field: TermsField, sentence: string): { problems: FormProblems<TermsField> } {
  return { problems: { fields: { [field]: sentence }, form: [] } };
}
