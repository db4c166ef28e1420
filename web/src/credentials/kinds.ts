import type { CredentialCondition, CredentialKind, CredentialStatus } from "../gql/operations";
import type { Standing } from "../cardholders/standing";
import type { IconName } from "../ui/Icon";

export const KINDS: Record<CredentialKind, { word: string; icon: IconName; meaning: string }> = {
  CARD: { word: "Card", icon: "card", meaning: "A card that is shown to a reader." },
  PIN: { word: "PIN", icon: "digits", meaning: "Digits that are typed at a reader." },
  DYNAMIC_QR: {
    word: "Dynamic QR code",
    icon: "code",
    meaning: "Changes every 30 seconds, and is taken only together with a PIN.",
  },
  QR: { word: "QR code", icon: "code", meaning: "Stays the same: whoever has a picture of it can use it." },
  MOBILE: { word: "Mobile credential", icon: "phone", meaning: "A phone, paired once with a code." },
  PLATE: { word: "Licence plate", icon: "car", meaning: "Read by a camera. Spaces and dashes do not matter." },
};

export const CREDENTIAL_KINDS = Object.keys(KINDS) as CredentialKind[];

/** What a credential can be set to. */
export const STATUSES: Record<CredentialStatus, string> = {
  ACTIVE: "Active",
  SUSPENDED: "Suspended",
  LOST: "Lost",
  STOLEN: "Stolen",
};

/** What is true of a credential now, expiry and pairing included. */
export const CONDITIONS: Record<CredentialCondition, Standing> = {
  ACTIVE: { word: "Active", tone: "calm" },
  NOT_YET_VALID: { word: "Not yet valid", tone: "warning" },
  NOT_PAIRED: { word: "Not paired", tone: "warning" },
  EXPIRED: { word: "Expired", tone: "off" },
  SUSPENDED: { word: "Suspended", tone: "warning" },
  LOST: { word: "Lost", tone: "danger" },
  STOLEN: { word: "Stolen", tone: "danger" },
};
