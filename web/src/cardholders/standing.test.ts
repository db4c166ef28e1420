import { expect, test } from "vitest";

import { standingOf } from "./standing";

const NOON = Date.parse("2026-03-02T12:00:00Z");

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
