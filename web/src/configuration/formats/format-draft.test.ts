import { expect, test } from "vitest";

import { formatDraft, formatInput, NO_FORMAT, parseRanges, rangesText } from "./format-draft";
import { H10301 } from "../../testing/card-format";

test("a format is the same after it was shown and sent", () => {
  const { id: _id, version: _version, active: _active, predefined: _predefined, ...input } = H10301;
  expect(formatInput(formatDraft(H10301))).toEqual(input);
});

test("bits are read and written as ranges", () => {
  expect(parseRanges(" 2-4, 9,11 - 12,")).toEqual([2, 3, 4, 9, 11, 12]);
  expect(parseRanges("2 to 4")).toBeNull();
  expect(rangesText([12, 2, 3, 4, 9, 11])).toBe("2-4, 9, 11-12");
});

test("nothing is sent while a number is missing", () => {
  expect(formatInput(NO_FORMAT)).toBeNull();
  expect(formatInput({ ...formatDraft(H10301), bits: "x" })).toBeNull();
  expect(formatInput({ ...formatDraft(H10301), parities: [{ bit: "1", odd: true, covers: "?" }] })).toBeNull();
});
