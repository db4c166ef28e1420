import { fromLocalField, toLocalField } from "../app/clock";
import type { CardholderDetailFragment, UpdateCardholderInput } from "../gql/operations";

/** What may be allowed to a cardholder, or asked of them, with what it means at a door. */
export const FLAGS = [
  ["suspended", "Suspended", "Passes no door until the suspension ends."],
  ["longAccess", "Long access time", "Doors give them their long access time and their long open-too-long time."],
  ["doubleSwipe", "Double swipe", "May lock and unlock a door that allows it, by showing a credential twice."],
  ["exemptLockdown", "Exempt from lockdown", "Passes during a lockdown, as far as the access rules allow."],
  ["exemptAntipassback", "Exempt from anti-passback", "May enter a zone again without having left it."],
  ["escortRequired", "Escort required", "Passes doors only together with an escort."],
  ["isGlobal", "Global", "Shown on sub servers too."],
] as const;
export type Flag = (typeof FLAGS)[number][0];

const TEXTS = ["firstName", "lastName", "number", "email", "phone", "notes"] as const;

/** The form's fields, named as the API names them, so that its typed errors find them. */
export const CARDHOLDER_FIELDS = [
  ...TEXTS,
  ...FLAGS.map(([flag]) => flag),
  "groupIds",
  "validFrom",
  "validTo",
  "visitor",
  "hostId",
] as const;
export type CardholderField = (typeof CARDHOLDER_FIELDS)[number];

export interface CardholderDraft extends Record<(typeof TEXTS)[number], string>, Record<Flag, boolean> {
  groupIds: string[];
  validFrom: string | null;
  validTo: string | null;
  visitor: boolean;
  hostId: string | null;
  /** Those that the form shows; an empty value is none. */
  customFields: { fieldId: string; value: string }[];
}

const CUSTOM = "custom:";

/** The name of a custom field's input. */
export function customName(fieldId: string): string {
  return CUSTOM + fieldId;
}

/** What the form holds, as the API wants it: trimmed, and times in UTC. */
export function draftOf(form: FormData): CardholderDraft {
  const text = (name: CardholderField): string => String(form.get(name) ?? "").trim();
  const custom = [...form].filter(([name]) => name.startsWith(CUSTOM));
  const visitor = form.has("visitor");
  return {
    firstName: text("firstName"),
    lastName: text("lastName"),
    number: text("number"),
    email: text("email"),
    phone: text("phone"),
    notes: text("notes"),
    groupIds: form.getAll("groupIds").map(String),
    validFrom: fromLocalField(text("validFrom")),
    validTo: fromLocalField(text("validTo")),
    suspended: form.has("suspended"),
    longAccess: form.has("longAccess"),
    doubleSwipe: form.has("doubleSwipe"),
    exemptLockdown: form.has("exemptLockdown"),
    exemptAntipassback: form.has("exemptAntipassback"),
    escortRequired: form.has("escortRequired"),
    isGlobal: form.has("isGlobal"),
    visitor,
    hostId: visitor ? text("hostId") || null : null,
    customFields: custom.map(([name, value]) => ({ fieldId: name.slice(CUSTOM.length), value: String(value).trim() })),
  };
}

export type CardholderChange = Omit<UpdateCardholderInput, "id" | "expectedVersion">;

/** Only what differs from the cardholder that the form began with, and what no directory owns. */
export function changesOf(was: CardholderDetailFragment, draft: CardholderDraft): CardholderChange {
  const change: CardholderChange = {};
  for (const name of TEXTS) if (draft[name] !== (was[name] ?? "")) change[name] = draft[name];
  for (const name of [...FLAGS.map(([flag]) => flag), "visitor"] as const) {
    if (draft[name] !== (was[name] ?? "")) change[name] = draft[name];
  }
  for (const name of ["validFrom", "validTo"] as const) {
    // A field has no seconds: what looks the same was left alone.
    if (toLocalField(draft[name]) !== toLocalField(was[name])) change[name] = draft[name];
  }
  if (draft.hostId !== (was.host?.id ?? null)) change.hostId = draft.hostId;
  if (sorted(draft.groupIds) !== sorted(was.groups.map(({ id }) => id))) change.groupIds = draft.groupIds;
  const values = new Map(was.customFields.map(({ fieldId, value }) => [fieldId, value]));
  const custom = draft.customFields.filter(({ fieldId, value }) => value !== (values.get(fieldId) ?? ""));
  if (custom.length > 0) change.customFields = custom;
  for (const name of was.directoryFields) delete change[name as keyof CardholderChange];
  return change;
}

function sorted(ids: readonly string[]): string {
  return ids.toSorted().join();
}

/** What an input of the form gets when a directory owns its field: it is read-only, and says why. */
export function ownedBy(cardholder: CardholderDetailFragment | undefined, field: string): { readOnly?: true; hint?: string } {
  if (!cardholder?.directoryFields.includes(field)) return {};
  return { readOnly: true, hint: `Comes from the directory ${cardholder.directory}. Change it there.` };
}
