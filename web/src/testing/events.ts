import type { FeedEvent } from "../events/feed";

/** An event as the server sends it: a badge that was granted at noon, unless told otherwise. */
export function anEvent(id: string, given: Partial<FeedEvent> = {}): FeedEvent {
  return {
    id,
    at: "2026-03-02T12:00:00.000Z",
    source: "controller",
    category: "ACCESS",
    type: "access.granted",
    severity: "INFO",
    title: "Access granted",
    reason: "granted",
    reasonText: "Access granted.",
    doorName: "Office",
    side: "A",
    cardholderId: "c1",
    cardholderName: "Ada Byron",
    photoUrl: null,
    cameraName: null,
    subjectName: null,
    userName: null,
    correlation: id,
    trace: [],
    bookmarks: [],
    ...given,
  };
}

export function anAlarm(id: string, given: Partial<FeedEvent> = {}): FeedEvent {
  return anEvent(id, {
    category: "DOOR",
    type: "door.forced",
    severity: "ALARM",
    title: "Door forced open",
    reason: null,
    reasonText: null,
    side: null,
    cardholderId: null,
    cardholderName: null,
    ...given,
  });
}
