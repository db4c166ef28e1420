import { expect, test } from "vitest";

import { anAlarm, anEvent } from "../testing/events";
import { headlineOf, outcomeOf, placeOf, reasonOf, spoken } from "./words";

const denied = anEvent("1", {
  type: "access.denied",
  severity: "NOTICE",
  title: "Access denied",
  reason: "card_unknown",
  reasonText: "This card belongs to nobody.",
  cardholderName: null,
});

test("a granted badge is about its person and needs no reason", () => {
  const event = anEvent("1");
  expect(headlineOf(event)).toBe("Ada Byron");
  expect(placeOf(event)).toBe("Office, side A");
  expect(outcomeOf(event)).toEqual({ tone: "good", word: "Granted" });
  expect(reasonOf(event)).toBeNull();
});

test("a denied card without an owner says so, with the reason", () => {
  expect(spoken(denied)).toBe("Denied: Unknown card, Office, side A. This card belongs to nobody.");
});

test("an alarm is an alarm, whatever else it is", () => {
  expect(outcomeOf(anAlarm("1"))).toEqual({ tone: "alarm", word: "Alarm" });
  expect(spoken(anAlarm("1"))).toBe("Alarm: Door forced open, Office.");
});

test("an audit event names who did it", () => {
  const event = anAlarm("1", { category: "AUDIT", type: "audit.user.signed_in", severity: "INFO", doorName: null, userName: "admin", title: "Signed in" });
  expect(placeOf(event)).toBe("by admin");
  expect(outcomeOf(event)).toEqual({ tone: "plain", word: "Audit" });
});

test("a grant that nobody used explains itself", () => {
  const event = anEvent("1", { type: "access.no_entry", title: "Access granted, but the door was not opened", reasonText: null });
  expect(reasonOf(event)).toBe("Access granted, but the door was not opened");
});

test("what happens at no door names what it is about", () => {
  const event = anEvent("1", {
    category: "DEVICE",
    type: "output.on",
    title: "Output switched on",
    reason: null,
    reasonText: null,
    doorName: null,
    side: null,
    cardholderName: null,
    subjectName: "Siren",
    userName: "admin",
  });
  expect(spoken(event)).toBe("Output switched on, Siren · by admin.");
  expect(placeOf({ ...event, cardholderName: "Siren" })).toBe("Siren · by admin");
});
