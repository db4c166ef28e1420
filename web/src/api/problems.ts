import type { ProblemFragment } from "../gql/operations";

export interface FormProblems<Field extends string> {
  /** The first problem of each field that has one. */
  fields: Partial<Record<Field, string>>;
  /** What concerns no field that the form shows. */
  form: string[];
}

export const noProblems: FormProblems<never> = { fields: {}, form: [] };

/**
 * Puts the server's typed errors beside the fields that caused them. A path such as `["input", "firstName"]` names the
 * field by the last part that the form knows; everything else is about the form as a whole.
 */
export function placeProblems<Field extends string>(
  problems: readonly ProblemFragment[],
  known: readonly Field[],
): FormProblems<Field> {
  const fields: Partial<Record<Field, string>> = {};
  const form: string[] = [];
  for (const { path, message } of problems) {
    const field = path.toReversed().find((part): part is Field => (known as readonly string[]).includes(part));
    if (field === undefined) form.push(message);
    else fields[field] ??= message;
  }
  return { fields, form };
}
