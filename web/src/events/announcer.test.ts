import { expect, test } from "vitest";

import { anAlarm, anEvent } from "../testing/events";
import { ManualWait } from "../testing/wait";
import { Announcer, summary } from "./announcer";

test("a single event is said in full", () => {
  expect(summary([anEvent("1")])).toBe("Granted: Ada Byron, Office, side A.");
});

test("several events are a count and the latest", () => {
  expect(summary([anEvent("1"), anEvent("2", { cardholderName: "Grace Murray" })])).toBe(
    "2 new events. Latest: Granted: Grace Murray, Office, side A.",
  );
});

test("an alarm comes first, even when a badge followed it", () => {
  expect(summary([anAlarm("1"), anEvent("2")])).toMatch(/^Alarm: Door forced open, Office\. Granted:/);
});

test("a crowd of alarms is counted, not read out", () => {
  const said = summary(Array.from({ length: 9 }, (_, i) => anAlarm(String(i))));
  expect(said).toMatch(/^9 alarms\. /);
  expect(said.match(/Door forced/g)).toHaveLength(2);
});

test("the first event is said at once, what follows within four seconds together", () => {
  const time = new ManualWait();
  const announcer = new Announcer(time.wait);
  announcer.hear([anEvent("1")]);
  const first = announcer.sentence.get();
  announcer.hear([anEvent("2")]);
  announcer.hear([anEvent("3")]);
  expect(announcer.sentence.get()).toBe(first);
  expect(time.delays).toEqual([4000]);
  time.pass();
  expect(announcer.sentence.get()).toMatch(/^2 new events/);
});
