import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { H10301 } from "../../testing/card-format";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { FormatList } from "./FormatList";
import { FormatScreen } from "./FormatScreen";
import { markOf } from "./TryFormat";

afterEach(() => vi.unstubAllGlobals());

const OURS = { ...H10301, id: "f2", name: "Ours", predefined: false, active: false };
const TRIAL = {
  tryCardFormat: {
    trial: {
      arrived: "00000110000000000000011110",
      bitsInverted: null,
      bytesInverted: null,
      read: "00000110000000000000011110",
      facilityCode: { bits: "00001100", text: "12" },
      number: { bits: "0000000000001111", text: "15" },
      parities: [
        { bit: 1, odd: false, expected: false, found: false },
        { bit: 26, odd: true, expected: true, found: false },
      ],
      accepted: false,
      words: "The parity of bit 26 is wrong.",
    },
    errors: [],
  },
};

function show(id: string, answers: Answers = {}, writable = true) {
  return showScreen(<FormatScreen id={id} writable={writable} />, {
    FormatList: { cardFormats: [H10301, OURS] },
    TryFormat: TRIAL,
    UpdateFormat: accepted({ cardFormat: OURS }),
    CreateFormat: accepted({ cardFormat: OURS }),
    ResetFormat: accepted({ cardFormat: H10301 }),
    ...answers,
  });
}

test("a card is tried on the format as it is being edited, before it is saved", async () => {
  const { sent, container } = show("f2");
  await userEvent.click(await screen.findByLabelText("Invert the bit order"));
  await userEvent.type(screen.getByLabelText("Bits of a card"), "00000110 00000000 00000111 10");
  expect(await screen.findByText("Refused")).toBeDefined();
  // What is typed is tried after a moment: of a slow typist perhaps the half first.
  await waitFor(() =>
    expect(sent("TryFormat")).toMatchObject({
      input: { bits: "00000110000000000000011110", bitCount: null, draft: { bits: 26, invertBitOrder: true }, formatId: null },
    }),
  );
  expect(screen.getByText("12")).toBeDefined();
  expect(screen.getByText("0, right")).toBeDefined();
  expect(screen.getByText("0, must be 1")).toBeDefined();
  expect(screen.getByText("pfffffff fnnnnnnn nnnnnnnn np")).toBeDefined();
  expect(sent("UpdateFormat")).toBeUndefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("a hexadecimal number is tried with the format's length", async () => {
  const { sent } = show("f2");
  await userEvent.type(await screen.findByLabelText("Bits of a card"), "18001e");
  await vi.waitFor(() => expect(sent("TryFormat")).toMatchObject({ input: { bits: "18001e", bitCount: 26 } }));
});

test("of a predefined format only the order can be changed, and reset", async () => {
  const { sent } = show("f1");
  expect(await screen.findByLabelText(/^Name/)).toBeDisabled();
  expect(screen.getByLabelText("Card number: first bit")).toBeDisabled();
  await userEvent.click(screen.getByLabelText("Invert the bit order"));
  await userEvent.click(screen.getByText("Save"));
  await screen.findByText("Saved.");
  expect(sent("UpdateFormat")).toEqual({
    input: { id: "f1", expectedVersion: 1, invertBitOrder: true, invertByteOrder: false },
  });
  await userEvent.click(screen.getByText("Reset to its own order"));
  await vi.waitFor(() => expect(sent("ResetFormat")).toEqual({ id: "f1" }));
  expect(screen.queryByText("Delete")).toBeNull();
});

test("a format is created with its fields and its parity", async () => {
  const { sent } = show("new");
  await userEvent.type(screen.getByLabelText(/^Name/), "Site");
  await userEvent.click(screen.getByText("Create the format"));
  expect(await screen.findByText("A number of bits is missing or cannot be read.")).toBeDefined();
  await userEvent.type(screen.getByLabelText("Card number: first bit"), "2");
  await userEvent.type(screen.getByLabelText("Card number: last bit"), "26");
  await userEvent.click(screen.getByText("Add a parity bit"));
  await userEvent.type(screen.getByLabelText("Parity 1: bit"), "1");
  await userEvent.selectOptions(screen.getByLabelText("Parity 1: kind"), "Odd");
  await userEvent.type(screen.getByLabelText("Parity 1: covers bits"), "2-5");
  await userEvent.click(screen.getByText("Create the format"));
  await vi.waitFor(() =>
    expect(sent("CreateFormat")).toEqual({
      input: {
        name: "Site",
        bits: 26,
        number: { firstBit: 2, lastBit: 26, base: "DECIMAL", bitOrder: "BIG_ENDIAN" },
        facilityCode: null,
        parities: [{ bit: 1, odd: true, covers: [2, 3, 4, 5] }],
        invertBitOrder: false,
        invertByteOrder: false,
      },
    }),
  );
});

test("each bit is marked with what it belongs to", () => {
  expect([1, 2, 9, 10, 26].map((bit) => markOf(bit, { ...H10301, parities: [H10301.parities[0] ?? never()] }))).toEqual(
    ["p", "f", "f", "n", "."],
  );
});

test("the list switches formats on and off, and says why it cannot", async () => {
  const { sent, container } = showScreen(<FormatList writable />, {
    FormatList: { cardFormats: [H10301, OURS] },
    ActivateFormat: refused("CONFLICT", "H10301 has 26 bits too and is active.", "active"),
  });
  expect(await screen.findByRole("row", { name: /H10301 26 facility code 2-9, number 10-25 Predefined/ })).toBeDefined();
  await userEvent.click(screen.getByRole("switch", { name: "Ours is active" }));
  expect(await screen.findByText("H10301 has 26 bits too and is active.")).toBeDefined();
  expect(sent("ActivateFormat")).toEqual({ id: "f2", active: true });
  expect(await faultsOf(container)).toEqual([]);
});

function never(): never {
  throw new Error("The sample has two parity bits.");
}
