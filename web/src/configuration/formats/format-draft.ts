import type { BitOrder, CardFieldInput, CardFormatInput, FormatRowFragment, NumberBase } from "../../gql/operations";

export const FORMAT_FIELDS = ["name", "bits", "number", "facilityCode", "parities", "invertBitOrder", "invertByteOrder"] as const;

/** A field of the card as its form holds it: bits as typed, from 1. */
export interface FieldDraft {
  firstBit: string;
  lastBit: string;
  base: NumberBase;
  bitOrder: BitOrder;
}

/** A parity bit as typed; `covers` are bits and ranges: 2-13, 15. */
export interface ParityDraft {
  bit: string;
  odd: boolean;
  covers: string;
}

/** A card format as its form holds it; a field that is null is not on the card. */
export interface FormatDraft {
  name: string;
  bits: string;
  number: FieldDraft | null;
  facilityCode: FieldDraft | null;
  parities: ParityDraft[];
  invertBitOrder: boolean;
  invertByteOrder: boolean;
}

export const NO_FIELD: FieldDraft = { firstBit: "", lastBit: "", base: "DECIMAL", bitOrder: "BIG_ENDIAN" };

export const NO_FORMAT: FormatDraft = {
  name: "",
  bits: "26",
  number: NO_FIELD,
  facilityCode: null,
  parities: [],
  invertBitOrder: false,
  invertByteOrder: false,
};

export function formatDraft(format: FormatRowFragment): FormatDraft {
  const { name, bits, number, facilityCode, parities, invertBitOrder, invertByteOrder } = format;
  return {
    name,
    bits: String(bits),
    number: fieldDraft(number),
    facilityCode: fieldDraft(facilityCode),
    parities: parities.map(({ bit, odd, covers }) => ({ bit: String(bit), odd, covers: rangesText(covers) })),
    invertBitOrder,
    invertByteOrder,
  };
}

function fieldDraft(field: FormatRowFragment["number"]): FieldDraft | null {
  if (field === null) return null;
  const { firstBit, lastBit, base, bitOrder } = field;
  return { firstBit: String(firstBit), lastBit: String(lastBit), base, bitOrder };
}

/** The draft as the API wants it; null while a number is missing or cannot be read. */
export function formatInput(draft: FormatDraft): CardFormatInput | null {
  const bits = wholeNumber(draft.bits);
  const number = draft.number && fieldInput(draft.number);
  const facilityCode = draft.facilityCode && fieldInput(draft.facilityCode);
  const parities = [];
  for (const { bit, odd, covers } of draft.parities) {
    const [place, covered] = [wholeNumber(bit), parseRanges(covers)];
    if (place === null || covered === null) return null;
    parities.push({ bit: place, odd, covers: covered });
  }
  if (bits === null || (draft.number && !number) || (draft.facilityCode && !facilityCode)) return null;
  const { invertBitOrder, invertByteOrder } = draft;
  return { name: draft.name.trim(), bits, number, facilityCode, parities, invertBitOrder, invertByteOrder };
}

function fieldInput({ firstBit, lastBit, base, bitOrder }: FieldDraft): CardFieldInput | null {
  const [first, last] = [wholeNumber(firstBit), wholeNumber(lastBit)];
  return first === null || last === null ? null : { firstBit: first, lastBit: last, base, bitOrder };
}

/** A number of at most three digits; null for anything else. */
export function wholeNumber(typed: string): number | null {
  return /^\d{1,3}$/.test(typed.trim()) ? Number(typed) : null;
}

/** The bits of `2-13, 15`; null when it cannot be read. */
export function parseRanges(typed: string): number[] | null {
  const found: number[] = [];
  for (const part of typed.split(",").filter((each) => each.trim() !== "")) {
    const range = /^\s*(\d{1,3})\s*(?:[-–]\s*(\d{1,3})\s*)?$/.exec(part);
    if (range === null) return null;
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
    for (let bit = first; bit <= last; bit += 1) found.push(bit);
  }
  return found;
}

/** Bits as ranges: 2-13, 15. */
export function rangesText(bits: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const bit of bits.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === bit - 1) last[1] = bit;
    else ranges.push([bit, bit]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(", ");
}
