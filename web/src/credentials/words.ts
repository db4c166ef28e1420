import { dateWords, dayWords } from "../app/clock";
import type { CredentialDetailFragment, ValidityUnit } from "../gql/operations";

const UNITS: Record<ValidityUnit, [one: string, several: string]> = {
  DAYS: ["day", "days"],
  MONTHS: ["month", "months"],
  YEARS: ["year", "years"],
  USES: ["use", "uses"],
};

type Card = Pick<CredentialDetailFragment, "format" | "facilityCode" | "number" | "rawBits">;

/** The format and, for those who may see it, the number. */
export function cardNumber({ format, facilityCode, number, rawBits }: Card): string {
  if (rawBits !== null) return `${rawBits.length} raw bits ${rawBits}`;
  if (number === null) return `${format}, number hidden`;
  return facilityCode === null ? `${format}, number ${number}` : `${format}, facility ${facilityCode}, number ${number}`;
}

/** What tells a credential from others of its kind. */
export function tokenWords(credential: CredentialDetailFragment): string {
  switch (credential.kind) {
    case "CARD":
      return cardNumber(credential);
    case "PIN":
      return credential.hasDuressPin === true ? "With a duress PIN" : "Without a duress PIN";
    case "PLATE":
      return credential.plate ?? "Plate hidden";
    case "MOBILE":
      return deviceWords(credential.device);
    case "QR":
    case "DYNAMIC_QR":
      return "";
  }
}

function deviceWords(device: CredentialDetailFragment["device"]): string {
  if (device?.pairedAt) return `${device.name ?? "A phone"}, paired on ${dayWords(Date.parse(device.pairedAt))}`;
  if (device?.invitationExpiresAt) return `Invited until ${dateWords(Date.parse(device.invitationExpiresAt))}`;
  return "No invitation";
}

type Validity = Pick<CredentialDetailFragment, "validFrom" | "validTo" | "relativeValidity" | "uses">;

/** From when and until when a credential is valid. */
export function validityWords({ validFrom, validTo, relativeValidity, uses }: Validity): string {
  const from = validFrom === null ? "" : `from ${dateWords(Date.parse(validFrom))} `;
  if (validTo !== null) return `Valid ${from}until ${dateWords(Date.parse(validTo))}`;
  if (relativeValidity === null) return from === "" ? "No end date" : `Valid ${from}without end`;
  const { start, amount, unit } = relativeValidity;
  if (unit === "USES") return `Valid ${from}for ${counted(amount, unit)}, ${uses} so far`;
  return `Valid ${from}for ${counted(amount, unit)} from the ${start === "FIRST_USE" ? "first" : "last"} use`;
}

/** When it was last used. */
export function useWords({ lastUsedAt }: Pick<CredentialDetailFragment, "lastUsedAt">): string {
  return lastUsedAt === null ? "Never used" : `Last used ${dateWords(Date.parse(lastUsedAt))}`;
}

function counted(amount: number, unit: ValidityUnit): string {
  return `${amount} ${UNITS[unit][amount === 1 ? 0 : 1]}`;
}
