import type { IdentificationMethodInput, IdentificationType, ProfileRowFragment } from "../../gql/operations";

/** What can be shown, in words. */
export const TYPES: readonly (readonly [IdentificationType, string])[] = [
  ["CARD", "Card"],
  ["PIN", "PIN"],
  ["QR", "QR code"],
  ["DYNAMIC_QR", "Dynamic QR code"],
  ["PLATE", "Licence plate"],
  ["MOBILE_TAP", "Mobile, tapped in the app"],
  ["MOBILE_TOUCH", "Mobile, reader touched"],
  ["REX", "Request to exit"],
];

/** A combination in words: “Card and PIN”. */
export function methodWords(types: readonly IdentificationType[]): string {
  const words = TYPES.filter(([type]) => types.includes(type)).map(([, name]) => name);
  return words.join(" and ") || "Nothing yet";
}

/** A side in words: “Card and PIN; Request to exit”. */
export function sideWords(methods: readonly { types: readonly IdentificationType[] }[]): string {
  return methods.map(({ types }) => methodWords(types)).join("; ") || "nothing";
}

/** A combination as the API wants it: what was read carries its type's name, which may not be sent. */
export function methodInput({ types, scheduleIds }: ProfileRowFragment["sideA"][number]): IdentificationMethodInput {
  return { types, scheduleIds };
}
