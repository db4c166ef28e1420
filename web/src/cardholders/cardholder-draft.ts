import { fromLocalField } from "../app/clock";

/** The form's fields, named as the API names them, so that its typed errors find them. */
export const CARDHOLDER_FIELDS = [
  "firstName",
  "lastName",
  "number",
  "email",
  "groupIds",
  "validFrom",
  "validTo",
] as const;
export type CardholderField = (typeof CARDHOLDER_FIELDS)[number];

export interface CardholderDraft {
  firstName: string;
  lastName: string;
  number: string;
  email: string;
  groupIds: string[];
  validFrom: string | null;
  validTo: string | null;
}

/** What the form holds, as the API wants it: trimmed, and times in UTC. */
export function draftOf(form: FormData): CardholderDraft {
  const text = (name: CardholderField): string => String(form.get(name) ?? "").trim();
  return {
    firstName: text("firstName"),
    lastName: text("lastName"),
    number: text("number"),
    email: text("email"),
    groupIds: form.getAll("groupIds").map(String),
    validFrom: fromLocalField(text("validFrom")),
    validTo: fromLocalField(text("validTo")),
  };
}
