import type { FeedEvent } from "./feed";

export type Tone = "good" | "bad" | "alarm" | "warning" | "plain";

export interface Outcome {
  tone: Tone;
  word: string;
}

const CATEGORY_WORDS: Record<FeedEvent["category"], string> = {
  ACCESS: "Access",
  DOOR: "Door",
  DEVICE: "Device",
  VIDEO: "Video",
  SYSTEM: "System",
  AUDIT: "Audit",
};

/** What came of it, in one word; the severity wins over the kind of event. */
export function outcomeOf(event: Pick<FeedEvent, "type" | "severity" | "category">): Outcome {
  if (event.severity === "ALARM") return { tone: "alarm", word: "Alarm" };
  if (event.type === "access.granted") return { tone: "good", word: "Granted" };
  if (event.type === "access.denied") return { tone: "bad", word: "Denied" };
  if (event.severity === "WARNING") return { tone: "warning", word: "Warning" };
  return { tone: "plain", word: CATEGORY_WORDS[event.category] };
}

/** Whom or what the event is about: for a badge the person, otherwise what happened. */
export function headlineOf(event: Pick<FeedEvent, "category" | "cardholderName" | "title" | "type">): string {
  if (event.category !== "ACCESS") return event.title;
  return event.cardholderName ?? (event.type === "access.denied" ? "Unknown card" : event.title);
}

/** Where it happened, and who else had a part in it. */
export function placeOf(
  event: Pick<FeedEvent, "category" | "doorName" | "side" | "cameraName" | "subjectName" | "userName" | "cardholderName">,
): string {
  const subject = event.subjectName === event.cardholderName ? null : event.subjectName;
  const where = event.doorName ?? event.cameraName ?? subject;
  const parts = where === null ? [] : [event.side === null ? where : `${where}, side ${event.side}`];
  if (event.category !== "ACCESS" && event.cardholderName !== null) parts.push(event.cardholderName);
  if (event.userName !== null) parts.push(`by ${event.userName}`);
  return parts.join(" · ");
}

/** The reason, where it adds something to the outcome. */
export function reasonOf(event: Pick<FeedEvent, "category" | "type" | "reasonText" | "title">): string | null {
  if (event.type === "access.granted") return null;
  if (event.reasonText !== null) return event.reasonText;
  return event.category === "ACCESS" && event.type !== "access.denied" ? event.title : null;
}

/** The event as one spoken sentence. */
export function spoken(event: FeedEvent): string {
  const { tone, word } = outcomeOf(event);
  const place = placeOf(event);
  const about = headlineOf(event);
  const head = tone === "plain" ? about : `${word}: ${about}`;
  const where = place === "" ? head : `${head}, ${place}`;
  const reason = reasonOf(event);
  return reason === null ? `${where}.` : `${where}. ${reason}`;
}
