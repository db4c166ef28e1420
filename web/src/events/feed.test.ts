import { expect, test } from "vitest";

import { anEvent } from "../testing/events";
import { mergeRows } from "./feed";

const ids = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

test("arrivals come oldest first and stand newest first", () => {
  const rows = mergeRows([anEvent("2"), anEvent("1")], [anEvent("3"), anEvent("4")]);
  expect(ids(rows)).toEqual(["4", "3", "2", "1"]);
});

test("an event that is already there is replaced in its place", () => {
  const rows = mergeRows([anEvent("2"), anEvent("1")], [anEvent("1", { title: "Changed" }), anEvent("3")]);
  expect(ids(rows)).toEqual(["3", "2", "1"]);
  expect(rows[2]?.title).toBe("Changed");
});

test("an event twice among the arrivals is one row", () => {
  expect(ids(mergeRows([], [anEvent("1"), anEvent("1")]))).toEqual(["1"]);
});

test("only the newest rows are kept", () => {
  expect(ids(mergeRows([anEvent("2"), anEvent("1")], [anEvent("3")], 2))).toEqual(["3", "2"]);
});
