import { expect, test } from "vitest";

import { placeProblems } from "./problems";

const FIELDS = ["firstName", "number"] as const;

test("a problem stands at the field that its path ends in", () => {
  const placed = placeProblems(
    [
      { code: "VALIDATION", message: "Enter a first name.", path: ["input", "firstName"] },
      { code: "CONFLICT", message: "The number is taken.", path: ["number"] },
    ],
    FIELDS,
  );
  expect(placed).toEqual({ fields: { firstName: "Enter a first name.", number: "The number is taken." }, form: [] });
});

test("an item of a list belongs to the list's field", () => {
  const placed = placeProblems([{ code: "NOT_FOUND", message: "No such group.", path: ["input", "groupIds", "0"] }], [
    "groupIds",
  ] as const);
  expect(placed.fields.groupIds).toBe("No such group.");
});

test("a problem of no field, or of one that the form does not show, concerns the form", () => {
  const placed = placeProblems(
    [
      { code: "PERMISSION", message: "You may not do this.", path: [] },
      { code: "VALIDATION", message: "Bad version.", path: ["input", "expectedVersion"] },
    ],
    FIELDS,
  );
  expect(placed).toEqual({ fields: {}, form: ["You may not do this.", "Bad version."] });
});

test("the first of several problems of a field is shown", () => {
  const problems = ["First.", "Second."].map((message) => ({ code: "VALIDATION" as const, message, path: ["number"] }));
  expect(placeProblems(problems, FIELDS).fields.number).toBe("First.");
});
