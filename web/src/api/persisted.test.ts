import { parse } from "graphql";
import { expect, test } from "vitest";

import { persistedQuery } from "./persisted";

test("a document is named by the hash of its operation, and goes with it all the same", () => {
  const named = persistedQuery(parse("fragment F on Door { id } query Doors { doors { ...F } }"), { Doors: "abc" });
  expect(named).toEqual({ persistedQuery: { version: 1, sha256Hash: "abc", miss: true } });
});

test("while developing nothing is named", () => {
  expect(persistedQuery(parse("query Doors { doors { id } }"))).toBeUndefined();
  expect(persistedQuery(parse("{ doors { id } }"), { Doors: "abc" })).toBeUndefined();
});
