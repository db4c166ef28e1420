import { expect, test } from "vitest";

import type { CredentialDetailFragment } from "../gql/operations";
import { aCredential } from "../testing/people";
import { cardNumber, tokenWords, validityWords } from "./words";

test("a number that may not be seen is said to be hidden", () => {
  const card = { format: "H10301", facilityCode: null, number: null, rawBits: null };
  expect(cardNumber(card)).toBe("H10301, number hidden");
  expect(cardNumber({ ...card, facilityCode: "17", number: "0" })).toBe("H10301, facility 17, number 0");
  expect(cardNumber({ ...card, number: "5" })).toBe("H10301, number 5");
});

test("a card that no format reads is its bits", () => {
  expect(cardNumber({ format: "raw4", facilityCode: null, number: null, rawBits: "0101" })).toBe("4 raw bits 0101");
});

function mobile(given: Partial<CredentialDetailFragment>): string {
  return tokenWords(aCredential({ kind: "MOBILE", ...given }));
}

test("a phone is invited, or paired, or neither", () => {
  expect(mobile({ device: null })).toBe("No invitation");
  const invited = { name: null, pairedAt: null, invitationExpiresAt: "2026-03-02T12:00:00Z" };
  expect(mobile({ device: invited })).toMatch(/^Invited until /);
  expect(mobile({ device: { ...invited, name: "Pixel", pairedAt: "2026-03-01T12:00:00Z" } })).toMatch(/^Pixel, paired on /);
});

function words(given: Partial<CredentialDetailFragment>): string {
  return validityWords(aCredential(given));
}

test("a validity is told as it ends", () => {
  expect(words({})).toBe("No end date");
  expect(words({ validFrom: "2026-03-01T12:00:00Z" })).toMatch(/^Valid from .* without end$/);
  expect(words({ validTo: "2026-03-01T12:00:00Z" })).toMatch(/^Valid until /);
  expect(words({ relativeValidity: { start: "LAST_USE", amount: 1, unit: "MONTHS" } })).toBe("Valid for 1 month from the last use");
  expect(words({ uses: 2, relativeValidity: { start: "FIRST_USE", amount: 5, unit: "USES" } })).toBe("Valid for 5 uses, 2 so far");
});
