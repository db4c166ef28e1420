import { expect, test } from "vitest";

import { readCard } from "./AddCard";
import { cardNumber } from "./Cards";
import { standingOf } from "./standing";

const NOON = Date.parse("2026-03-02T12:00:00Z");

function aForm(entries: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(entries)) form.set(name, value);
  return form;
}

test("a card's numbers are numbers when they are sent", () => {
  const read = readCard(aForm({ name: " ", facilityCode: "17", number: " 1042 " }));
  expect(read).toEqual({ card: { name: "Card", facilityCode: 17, number: 1042, validFrom: null, validTo: null } });
});

test("what is not a number is told at its field and not sent", () => {
  const read = readCard(aForm({ facilityCode: "", number: "12a" }));
  expect(read).toMatchObject({ problems: { fields: { facilityCode: expect.stringContaining("digits"), number: expect.stringContaining("digits") } } });
});

test("a number that may not be seen is said to be hidden", () => {
  expect(cardNumber({ format: "H10301", facilityCode: null, number: null })).toBe("H10301, number hidden");
  expect(cardNumber({ format: "H10301", facilityCode: 17, number: 0 })).toBe("H10301, facility 17, number 0");
});

function until(validTo: string): string {
  return standingOf({ suspended: false, validFrom: null, validTo }, NOON).word;
}

test("a cardholder's validity ends at its first invalid moment", () => {
  expect(until("2026-03-02T12:00:00Z")).toBe("Expired");
  expect(until("2026-03-02T12:00:01Z")).toBe("Active");
});

test("a suspension outweighs everything", () => {
  expect(standingOf({ suspended: true, validFrom: null, validTo: "2020-01-01T00:00:00Z" }, NOON).word).toBe("Suspended");
});
