import { expect, test } from "vitest";

import { aController, controllerSettings } from "../../testing/devices";
import {
  certificateStanding,
  clockStanding,
  countdownWords,
  durationWords,
  journalStanding,
  policyWords,
  standing,
} from "./controller-words";

const HOUR_MS = 3_600_000;
const LAST = "2026-11-21T08:00:00Z";
const LAST_MS = Date.parse(LAST);
const away = aController({ connected: false, connectedAt: null, lastContactAt: LAST });

test.each([
  [1, {}, "warning", /^works alone since .* \(1 hour\)$/],
  [73, {}, "danger", /\(3 days\)$/],
  [1000, { aloneAlarm: null }, "warning", /\(41 days\)$/],
  [2, { staleAfter: "PT1H" }, "danger", /and denies everybody by now$/],
] as const)("absent for %i hours under %o is %s", (hours, settings, tone, detail) => {
  const said = standing(away, controllerSettings(settings), LAST_MS + hours * HOUR_MS);
  expect(said).toMatchObject({ tone, word: "Absent" });
  expect(said.detail).toMatch(detail);
});

test("a controller that was never seen says what it waits for", () => {
  const never = { ...away, lastContactAt: null, enrolled: false };
  const site = controllerSettings();
  expect(standing(never, site, LAST_MS).word).toBe("Not enrolled");
  expect(standing({ ...never, enrolled: true }, site, LAST_MS).word).toBe("Never seen");
  expect(standing({ ...never, codeExpiresAt: LAST }, site, LAST_MS).word).toBe("Code issued");
  expect(standing(aController(), site, LAST_MS)).toMatchObject({ tone: "good", word: "Online" });
});

test.each([
  [{ backlog: 0 }, "good", "All stored"],
  [{ backlog: 0, storedSequence: 0 }, "off", "Nothing yet"],
  [{ backlog: 10 }, "notice", "Catching up"],
  [{ backlog: 900_000 }, "danger", "Nearly full"],
  [{ journalProblem: "disk full" }, "danger", "Failed"],
] as const)("a journal with %o is %s", (given, tone, word) => {
  expect(journalStanding(aController(given), controllerSettings())).toMatchObject({ tone, word });
});

test("of a controller that is away, clock and journal are told as they were", () => {
  expect(clockStanding(away)).toEqual({ tone: "notice", word: "When last seen", detail: "0.120 s behind" });
  const journal = journalStanding(away, controllerSettings());
  expect(journal).toEqual({ tone: "notice", word: "When last seen", detail: "all stored up to event 2,000" });
  expect(journalStanding({ ...away, backlog: 900_000 }, controllerSettings()).tone).toBe("danger");
});

test("what is not stored names the oldest event and the limit", () => {
  const { detail } = journalStanding(aController({ backlog: 10 }), controllerSettings({ journalEvents: 5000 }));
  expect(detail).toBe("10 of at most 5,000 events are not stored here, the oldest is number 2,001");
});

test.each([
  [null, "off", ""],
  [0, "good", "to the millisecond"],
  [-120, "good", "0.120 s behind"],
  [5000, "good", "5.0 s ahead"],
  [-61_000, "warning", "61.0 s behind"],
] as const)("a clock that is off by %s ms is %s", (clockOffsetMs, tone, detail) => {
  expect(clockStanding(aController({ clockOffsetMs }))).toMatchObject({ tone, detail });
});

test.each([
  [90, "good"],
  [20, "good"],
  [19, "warning"],
  [0, "danger"],
] as const)("a certificate with %i days left is %s", (days, tone) => {
  const controller = aController({ certificateExpiresAt: LAST });
  expect(certificateStanding(controller, LAST_MS - days * 24 * HOUR_MS).tone).toBe(tone);
});

test("the server's own needs no certificate, and a new one has none", () => {
  expect(certificateStanding(aController({ embedded: true, certificateExpiresAt: null }), LAST_MS).word).toBe("Not needed");
  expect(certificateStanding(aController({ certificateExpiresAt: null }), LAST_MS).word).toBe("None");
});

test("a policy is named with the site's where they differ", () => {
  expect(policyWords(aController())).toBe("12, the site’s is 14");
  expect(policyWords(aController({ policyVersion: 14 }))).toBe("14");
  expect(policyWords(aController({ policyVersion: 0 }))).toBe("none yet");
});

test("times are said in their largest unit, and counted down in seconds", () => {
  expect([0, 59_999, 60_000, HOUR_MS, 25 * HOUR_MS].map(durationWords)).toEqual([
    "0 minutes",
    "0 minutes",
    "1 minute",
    "1 hour",
    "1 day",
  ]);
  expect([900_000, 61_000, 500, -5].map(countdownWords)).toEqual(["15:00", "1:01", "0:00", "0:00"]);
});
