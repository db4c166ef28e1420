import type { Client } from "urql";

import type { FormProblems } from "../api/problems";
import { send } from "../api/send";
import {
  CreateCardCredentialDocument,
  CreateMobileDocument,
  CreatePinDocument,
  CreatePlateDocument,
  CreateQrDocument,
  type CredentialKind,
  type ProblemFragment,
  type ShownInvitationFragment,
  type ShownQrFragment,
  type TermsInput,
} from "../gql/operations";

/** How the data of a card is given: by the fields of a format, or bit by bit. */
export type CardInput = "FORMAT" | "BITS";

/** What the form for a new credential holds, for every kind, as text. */
export interface TokenDraft {
  cardInput: CardInput;
  format: string;
  facilityCode: string;
  number: string;
  rawBits: string;
  pin: string;
  duress: boolean;
  duressPin: string;
  plate: string;
}

export const NEW_TOKEN: TokenDraft = {
  cardInput: "FORMAT",
  format: "H10301",
  facilityCode: "",
  number: "",
  rawBits: "",
  pin: "",
  duress: false,
  duressPin: "",
  plate: "",
};

export const TOKEN_FIELDS = ["format", "facilityCode", "number", "rawBits", "pin", "duressPin", "plate"] as const;
export type TokenField = (typeof TOKEN_FIELDS)[number];
export type TokenProblems = FormProblems<TokenField>["fields"];

/** What must be shown to the user at once, because it is not shown again. */
export type Shown =
  | { what: "qr"; credentialId: string; dynamic: boolean; code: ShownQrFragment }
  | { what: "invitation"; invitation: ShownInvitationFragment };

export interface Created {
  problems: readonly ProblemFragment[];
  shown: Shown | null;
}

/** What is missing, where it is plain without asking the server. What the values may be is for the server to say. */
export function missingIn(kind: CredentialKind, draft: TokenDraft): TokenProblems {
  if (kind === "PIN") {
    if (draft.pin === "") return { pin: "Enter a PIN." };
    return draft.duress && draft.duressPin === "" ? { duressPin: "Enter a duress PIN, or do without one." } : {};
  }
  if (kind === "PLATE") return draft.plate.trim() === "" ? { plate: "Enter the licence plate." } : {};
  if (kind !== "CARD") return {};
  if (draft.cardInput === "BITS") {
    return /^[01\s]*[01][01\s]*$/.test(draft.rawBits) ? {} : { rawBits: "Enter the card's bits: only 0 and 1." };
  }
  const problems: TokenProblems = {};
  if (!/^\d*$/.test(draft.facilityCode.trim())) problems.facilityCode = "Enter a whole number, in digits.";
  if (!/^\d+$/.test(draft.number.trim())) problems.number = "Enter a whole number, in digits.";
  return problems;
}

/** Gives a cardholder a credential of this kind. */
export async function createCredential(
  api: Client,
  kind: CredentialKind,
  cardholderId: string,
  draft: TokenDraft,
  terms: TermsInput,
): Promise<Created> {
  const base = { cardholderId, terms };
  switch (kind) {
    case "CARD":
      return plain(await send(api, CreateCardCredentialDocument, { input: { ...base, ...cardOf(draft) } }));
    case "PIN": {
      const duressPin = draft.duress ? draft.duressPin : "";
      return plain(await send(api, CreatePinDocument, { input: { ...base, pin: draft.pin, duressPin } }));
    }
    case "PLATE":
      return plain(await send(api, CreatePlateDocument, { input: { ...base, plate: draft.plate.trim() } }));
    case "MOBILE": {
      const { payload, problems } = await send(api, CreateMobileDocument, { input: base });
      const invitation = payload?.invitation;
      return { problems, shown: invitation ? { what: "invitation", invitation } : null };
    }
    case "QR":
    case "DYNAMIC_QR": {
      const dynamic = kind === "DYNAMIC_QR";
      const { payload, problems } = await send(api, CreateQrDocument, { input: { ...base, dynamic } });
      if (!payload?.code || !payload.credential) return { problems, shown: null };
      return { problems, shown: { what: "qr", credentialId: payload.credential.id, dynamic, code: payload.code } };
    }
  }
}

function plain({ problems }: { problems: readonly ProblemFragment[] }): Created {
  return { problems, shown: null };
}

function cardOf({ cardInput, format, facilityCode, number, rawBits }: TokenDraft) {
  if (cardInput === "BITS") return { rawBits: rawBits.replaceAll(/\s/g, "") };
  return { format, facilityCode: facilityCode.trim() || null, number: number.trim() };
}
