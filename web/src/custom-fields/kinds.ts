import type { CustomFieldKind } from "../gql/operations";

/** What a custom field may hold, in words, in the order in which it is offered. */
export const KIND_WORDS: readonly (readonly [CustomFieldKind, string])[] = [
  ["TEXT", "Text"],
  ["NUMBER", "Number"],
  ["DATE", "Date"],
  ["CHOICE", "One of several choices"],
];

export function kindWords(kind: CustomFieldKind): string {
  return KIND_WORDS.find(([each]) => each === kind)?.[1] ?? kind;
}

/** The choices as they were typed, one a line; without empty lines. */
export function choicesOf(lines: string): string[] {
  return lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
