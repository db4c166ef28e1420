import type { FormatRowFragment } from "../gql/operations";

/** The 26-bit format of the field, for tests: even parity over the first half, odd over the second. */
export const H10301: FormatRowFragment = {
  id: "f1",
  name: "H10301",
  bits: 26,
  number: { firstBit: 10, lastBit: 25, base: "DECIMAL", bitOrder: "BIG_ENDIAN" },
  facilityCode: { firstBit: 2, lastBit: 9, base: "DECIMAL", bitOrder: "BIG_ENDIAN" },
  parities: [
    { bit: 1, odd: false, covers: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] },
    { bit: 26, odd: true, covers: [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25] },
  ],
  invertBitOrder: false,
  invertByteOrder: false,
  active: true,
  predefined: true,
  version: 1,
};
