import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { H10301 } from "../../testing/card-format";
import { accepted, refused, showScreen } from "../../testing/configuration";
import { ReaderList } from "./ReaderList";
import { ReaderScreen } from "./ReaderScreen";

afterEach(() => vi.unstubAllGlobals());

const RULES = { minLength: 4, maxLength: 8, endKey: "#", digitTimeoutMs: 5000, lockoutAfter: 5, lockoutMs: 30_000 };
const READER = { readerId: "x1", readerName: "Office in", doorId: "d1", side: "A", cardFormats: null, pinRules: null, warnings: [] };
const ANSWERS = {
  ReaderList: { pinRules: RULES, readerSettings: [READER] },
  FormatList: { cardFormats: [H10301] },
  SetPinRules: accepted({ pinRules: RULES }),
  SetReaderFormats: accepted({ reader: READER }),
  SetReaderPinRules: accepted({ reader: READER }),
};

test("the PIN rules of the system are set in seconds", async () => {
  const { sent, container } = showScreen(<ReaderList writable />, ANSWERS);
  const timeout = await screen.findByLabelText("Longest time between two digits, seconds");
  expect(timeout).toHaveValue(5);
  await userEvent.clear(timeout);
  await userEvent.type(timeout, "2.5");
  await userEvent.click(screen.getByText("Save the PIN rules"));
  await vi.waitFor(() => expect(sent("SetPinRules")).toEqual({ input: { ...RULES, digitTimeoutMs: 2500 } }));
  expect(screen.getByRole("row", { name: /Office in A the system’s the system’s nothing/ })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("a reader gets formats and PIN rules of its own", async () => {
  const { sent } = showScreen(<ReaderScreen id="x1" writable />, ANSWERS);
  await userEvent.click(await screen.findByLabelText("Card formats of its own"));
  await userEvent.click(screen.getByLabelText("Add to formats of this reader"));
  await userEvent.click(await screen.findByRole("button", { name: "Add H10301 (26 bits)" }));
  await userEvent.click(screen.getByLabelText("PIN rules of its own"));
  await userEvent.selectOptions(screen.getByLabelText("Key that ends a PIN"), "*");
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("SetReaderFormats")).toEqual({ readerId: "x1", formatIds: ["f1"] });
  expect(sent("SetReaderPinRules")).toEqual({ readerId: "x1", input: { ...RULES, endKey: "*" } });
});

test("a refusal of the formats leaves the PIN rules alone and stands at the formats", async () => {
  const { sent } = showScreen(<ReaderScreen id="x1" writable />, {
    ...ANSWERS,
    SetReaderFormats: refused("VALIDATION", "Two of them have 26 bits.", "formatIds"),
  });
  await userEvent.click(await screen.findByLabelText("Card formats of its own"));
  await userEvent.click(screen.getByText("Save"));
  expect(await screen.findByText("Two of them have 26 bits.")).toBeDefined();
  expect(sent("SetReaderPinRules")).toBeUndefined();
});
