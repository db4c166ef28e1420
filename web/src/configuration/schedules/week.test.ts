import { expect, test } from "vitest";

import { barsOn, daysLater, mondayOf, today } from "./week";

test("a week begins on Monday", () => {
  expect(["2026-03-01", "2026-03-02", "2026-03-08"].map(mondayOf)).toEqual(["2026-02-23", "2026-03-02", "2026-03-02"]);
  expect(daysLater("2026-02-23", 7)).toBe("2026-03-02");
  expect(today(new Date(2026, 0, 5, 23, 59))).toBe("2026-01-05");
});

test("a span past midnight is drawn on both days, at the site's wall clock", () => {
  const spans = [{ localStart: "2026-03-02T22:00:00+05:30", localEnd: "2026-03-03T06:30:00+05:30" }];
  expect(barsOn("2026-03-02", spans)).toEqual([{ startMin: 1320, endMin: 1440 }]);
  expect(barsOn("2026-03-03", spans)).toEqual([{ startMin: 0, endMin: 390 }]);
  expect(barsOn("2026-03-04", spans)).toEqual([]);
});
