import { dateWords } from "../app/clock";
import type { DeliveryRowFragment, EventCategory, Severity, WebhookDeliveryStatus, WebhookRowFragment } from "../gql/operations";
import type { Tone } from "../ui/Badge";

export const CATEGORIES: readonly (readonly [EventCategory, string])[] = [
  ["ACCESS", "Access"],
  ["DOOR", "Doors"],
  ["DEVICE", "Devices"],
  ["VIDEO", "Video"],
  ["SYSTEM", "System"],
  ["AUDIT", "Audit"],
];

export const SEVERITIES: readonly (readonly [Severity, string])[] = [
  ["INFO", "Info"],
  ["NOTICE", "Notice"],
  ["WARNING", "Warning"],
  ["ALARM", "Alarm"],
];

/** How a webhook is, in a word. */
export function standing({
  enabled,
  isPaused,
  failingSince,
  stopReason,
}: Pick<WebhookRowFragment, "enabled" | "isPaused" | "failingSince" | "stopReason">): { tone: Tone; word: string } {
  if (!enabled && (stopReason === "GONE" || stopReason === "FAILING")) return { tone: "danger", word: "Given up" };
  if (!enabled) return { tone: "off", word: "Not enabled" };
  if (isPaused) return { tone: "warning", word: "Paused" };
  return failingSince === null ? { tone: "good", word: "Enabled" } : { tone: "warning", word: "Failing" };
}

const STATUSES: Record<WebhookDeliveryStatus, { tone: Tone; word: string }> = {
  PENDING: { tone: "notice", word: "Waiting" },
  DELIVERED: { tone: "good", word: "Delivered" },
  FAILED: { tone: "danger", word: "Failed" },
  SKIPPED: { tone: "off", word: "Left out" },
};

export function deliveryStanding({ status }: Pick<DeliveryRowFragment, "status">): { tone: Tone; word: string } {
  return STATUSES[status];
}

/** What came of the last attempt. */
export function answerWords({
  attempts,
  responseStatus,
  responseMs,
  error,
}: Pick<DeliveryRowFragment, "attempts" | "responseStatus" | "responseMs" | "error">): string {
  const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  if (error !== null) return `${error} ${attempts === 0 ? "" : `${tries}.`}`.trim();
  if (responseStatus === null) return "Not sent yet.";
  return `${responseStatus} after ${responseMs ?? 0} ms, ${tries}.`;
}

/** When a message that has failed is sent again. */
export function nextWords({ attempts, nextAttemptAt }: Pick<DeliveryRowFragment, "attempts" | "nextAttemptAt">, nowMs: number): string {
  if (nextAttemptAt === null || attempts === 0) return "";
  const nextMs = Date.parse(nextAttemptAt);
  return nextMs > nowMs ? `Again ${dateWords(nextMs)}.` : "Again when the receiver is given another chance.";
}

/** Which events a webhook is sent, in a few words. */
export function filterWords({ categories, severities, types, doorId, cardholderId, correlation }: WebhookRowFragment["filter"]): string {
  const parts = [
    ...CATEGORIES.filter(([each]) => categories.includes(each)).map(([, words]) => words),
    ...SEVERITIES.filter(([each]) => severities.includes(each)).map(([, words]) => words),
    ...types,
    ...(doorId === null ? [] : ["one door"]),
    ...(cardholderId === null ? [] : ["one cardholder"]),
    ...(correlation === null ? [] : ["one correlation"]),
  ];
  return parts.length === 0 ? "Everything" : parts.join(", ");
}
