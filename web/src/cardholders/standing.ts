export interface Standing {
  word: string;
  tone: "calm" | "warning" | "danger" | "off";
}

interface Validity {
  suspended: boolean;
  validFrom: string | null;
  validTo: string | null;
}

/** Whether a cardholder counts at this moment (ms since the epoch), in words. */
export function standingOf({ suspended, validFrom, validTo }: Validity, nowMs: number): Standing {
  if (suspended) return { word: "Suspended", tone: "danger" };
  if (validFrom !== null && nowMs < Date.parse(validFrom)) return { word: "Not yet valid", tone: "warning" };
  if (validTo !== null && nowMs >= Date.parse(validTo)) return { word: "Expired", tone: "off" };
  return { word: "Active", tone: "calm" };
}
