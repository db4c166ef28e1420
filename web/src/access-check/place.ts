import type { Side } from "../gql/operations";
import { may, mayEverywhere, type Viewer } from "../session/permission";

/** The questions about access that have a screen, in the order of their links. */
export const QUESTIONS = {
  who: "Who can pass",
  would: "Would they pass",
  changes: "What would change",
} as const;

export type Question = keyof typeof QUESTIONS;

/** Whether somebody may ask them: they are about everybody, at doors that must be seen to be named. */
export function mayAsk(viewer: Viewer): boolean {
  return mayEverywhere(viewer, "configuration.view") && may(viewer, "cardholder.view") && may(viewer, "door.view");
}

/** What is asked about, as the address has it; null: not chosen yet, and of a time: now. */
export interface Asked {
  cardholderId: string | null;
  doorId: string | null;
  side: Side;
  /** ISO, UTC. */
  at: string | null;
  /** What is shown; null: the best that they carry. */
  credentialId: string | null;
}

export const NOTHING_ASKED: Asked = { cardholderId: null, doorId: null, side: "A", at: null, credentialId: null };

/** A question with what it is about, or why an event was decided as it was. */
export type AccessCheckRoute =
  | { screen: "access-check"; question: Question; asked: Asked }
  | { screen: "access-check"; question: "why"; eventId: string };

export function asking(question: Question, asked: Partial<Asked> = {}): AccessCheckRoute {
  return { screen: "access-check", question, asked: { ...NOTHING_ASKED, ...asked } };
}

/** The route of an address after `#/access-check`; an unknown question leads to the first one. */
export function parseAccessCheck(question: string, id: string, query: URLSearchParams): AccessCheckRoute {
  if (question === "why" && id !== "") return { screen: "access-check", question: "why", eventId: id };
  const known = Object.keys(QUESTIONS).find((each): each is Question => each === question);
  const at = query.get("at");
  return asking(known ?? "who", {
    cardholderId: query.get("cardholder"),
    doorId: query.get("door"),
    side: query.get("side") === "B" ? "B" : "A",
    at: at !== null && !Number.isNaN(Date.parse(at)) ? at : null,
    credentialId: query.get("credential"),
  });
}

export function accessCheckHref(route: AccessCheckRoute): string {
  if (route.question === "why") return `#/access-check/why/${encodeURIComponent(route.eventId)}`;
  const { cardholderId, doorId, side, at, credentialId } = route.asked;
  const query = new URLSearchParams();
  if (cardholderId !== null) query.set("cardholder", cardholderId);
  if (doorId !== null) {
    query.set("door", doorId);
    query.set("side", side);
  }
  if (at !== null) query.set("at", at);
  if (credentialId !== null) query.set("credential", credentialId);
  const asked = query.toString();
  return `#/access-check/${route.question}${asked === "" ? "" : `?${asked}`}`;
}

export function openAccessCheck(route: AccessCheckRoute): void {
  location.hash = accessCheckHref(route);
}
