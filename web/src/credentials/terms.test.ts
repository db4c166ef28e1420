import { expect, test } from "vitest";

import { fromLocalField } from "../app/clock";
import { aCredential } from "../testing/people";
import { draftOf, NEW_TERMS, readTerms, type TermsDraft } from "./terms";

const PLAIN = { name: null, validFrom: null, validTo: null, relativeValidity: null, traced: false, startsLockdown: false };

function read(draft: Partial<TermsDraft>) {
  return readTerms({ ...NEW_TERMS, ...draft });
}

test("each way to end a validity is sent as the API has it", () => {
  expect(read({})).toEqual({ terms: PLAIN });
  const validTo = "2027-01-31T12:00";
  expect(read({ ending: "DATE", validTo })).toEqual({ terms: { ...PLAIN, validTo: fromLocalField(validTo) } });
  expect(read({ ending: "FIRST_USE", amount: "5", unit: "USES" })).toEqual({
    terms: { ...PLAIN, relativeValidity: { start: "FIRST_USE", amount: 5, unit: "USES" } },
  });
  expect(read({ ending: "LAST_USE", amount: " 3", unit: "MONTHS" })).toEqual({
    terms: { ...PLAIN, relativeValidity: { start: "LAST_USE", amount: 3, unit: "MONTHS" } },
  });
});

test("a date that was typed before another ending was chosen is not sent", () => {
  expect(read({ ending: "NEVER", validTo: "2027-01-31T12:00" })).toEqual({ terms: PLAIN });
});

test("what is missing is told at its field", () => {
  expect(read({ ending: "DATE" })).toMatchObject({ problems: { fields: { validTo: expect.any(String) } } });
  for (const amount of ["", "0", "-1", "1.5", "many"]) {
    expect(read({ ending: "FIRST_USE", amount })).toMatchObject({ problems: { fields: { amount: expect.any(String) } } });
  }
});

test("terms that are only looked at stay as they are, with their seconds", () => {
  for (const was of [
    aCredential({ validFrom: "2026-01-01T00:00:30Z", validTo: "2026-03-02T23:59:59Z", traced: true }),
    aCredential({ relativeValidity: { start: "LAST_USE", amount: 2, unit: "YEARS" }, startsLockdown: true }),
  ]) {
    const { name, validFrom, validTo, relativeValidity, traced, startsLockdown } = was;
    const terms = { name, validFrom, validTo, relativeValidity, traced, startsLockdown };
    expect(readTerms(draftOf(was), was)).toEqual({ terms });
  }
});
