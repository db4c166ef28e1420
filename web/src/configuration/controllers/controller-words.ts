import { secondsOf } from "../../api/duration";
import { dateWords, dayWords } from "../../app/clock";
import type { ControllerRowFragment, ControllerSettingsFragment } from "../../gql/operations";
import type { Tone } from "../../ui/Badge";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** From here on the server raises an alarm for a clock, and for a journal. */
const CLOCK_OFF_MS = 5000;
const NEARLY_FULL = 0.9;
/** A certificate is renewed when 30 days are left. With so few left, that has failed for long. */
const RENEWAL_LATE_MS = 20 * DAY_MS;

/** A state in one word, and what there is to say about it. */
export interface Standing {
  tone: Tone;
  word: string;
  detail: string;
}

/** Whether a controller is there, and what it does when it is not. */
export function standing(controller: ControllerRowFragment, site: ControllerSettingsFragment, nowMs: number): Standing {
  const { connected, connectedAt, lastContactAt, enrolled, codeExpiresAt } = controller;
  if (connected) return { tone: "good", word: "Online", detail: connectedAt === null ? "" : `since ${moment(connectedAt)}` };
  if (lastContactAt === null)
    return codeExpiresAt === null
      ? { tone: "off", word: enrolled ? "Never seen" : "Not enrolled", detail: "" }
      : { tone: "notice", word: "Code issued", detail: `good until ${moment(codeExpiresAt)}` };
  const alone = nowMs - Date.parse(lastContactAt);
  const since = `works alone since ${moment(lastContactAt)} (${durationWords(alone)})`;
  if (exceeds(alone, site.staleAfter)) return { tone: "danger", word: "Absent", detail: `${since}, and denies everybody by now` };
  const alarm = exceeds(alone, site.aloneAlarm);
  return { tone: alarm ? "danger" : "warning", word: "Absent", detail: since };
}

function exceeds(ms: number, limit: string | null): boolean {
  return limit !== null && ms > secondsOf(limit) * SECOND_MS;
}

/** By how much its clock is off; of one that is away, was. */
export function clockStanding({ connected, clockOffsetMs }: ControllerRowFragment): Standing {
  if (clockOffsetMs === null) return { tone: "off", word: "Not measured", detail: "" };
  const off = Math.abs(clockOffsetMs);
  const by = `${(off / SECOND_MS).toFixed(off < SECOND_MS ? 3 : 1)} s ${clockOffsetMs < 0 ? "behind" : "ahead"}`;
  const words = off === 0 ? "to the millisecond" : by;
  if (!connected) return { tone: "notice", word: "When last seen", detail: words };
  return { tone: off > CLOCK_OFF_MS ? "warning" : "good", word: off > CLOCK_OFF_MS ? "Off" : "Right", detail: words };
}

/**
 * How much of its journal is not stored by the server, and whether it can be written. What one that is away has written
 * since, nobody here knows.
 */
export function journalStanding(
  { connected, journalProblem, backlog, storedSequence }: ControllerRowFragment,
  { journalEvents }: ControllerSettingsFragment,
): Standing {
  const stored = `stored up to event ${number(storedSequence)}`;
  if (journalProblem !== "") return { tone: "danger", word: "Failed", detail: journalProblem };
  if (backlog === 0 && storedSequence === 0) return { tone: "off", word: "Nothing yet", detail: "" };
  if (backlog === 0 && !connected) return { tone: "notice", word: "When last seen", detail: `all ${stored}` };
  if (backlog === 0) return { tone: "good", word: "All stored", detail: stored };
  const waiting = `${number(backlog)} of at most ${number(journalEvents)} events are not stored here, the oldest is number ${number(storedSequence + 1)}`;
  return backlog >= NEARLY_FULL * journalEvents
    ? { tone: "danger", word: "Nearly full", detail: waiting }
    : { tone: "notice", word: "Catching up", detail: waiting };
}

/** Until when it may connect. */
export function certificateStanding(controller: ControllerRowFragment, nowMs: number): Standing {
  if (controller.embedded) return { tone: "good", word: "Not needed", detail: "inside the server" };
  if (controller.certificateExpiresAt === null) return { tone: "off", word: "None", detail: "" };
  const left = Date.parse(controller.certificateExpiresAt) - nowMs;
  const day = dayWords(Date.parse(controller.certificateExpiresAt));
  if (left <= 0) return { tone: "danger", word: "Expired", detail: `on ${day}; enrol it anew` };
  return left < RENEWAL_LATE_MS
    ? { tone: "warning", word: "Not renewed", detail: `ends on ${day}; it renews when it is connected` }
    : { tone: "good", word: "Good", detail: `until ${day}` };
}

/** By which policy it decides. */
export function policyWords({ policyVersion, sitePolicyVersion }: ControllerRowFragment): string {
  if (policyVersion === 0) return "none yet";
  return policyVersion === sitePolicyVersion ? `${policyVersion}` : `${policyVersion}, the site’s is ${sitePolicyVersion}`;
}

/** A length of time in its largest unit, rounded down. */
export function durationWords(ms: number): string {
  const [size, name] = ms >= DAY_MS ? [DAY_MS, "day"] : ms >= HOUR_MS ? [HOUR_MS, "hour"] : [MINUTE_MS, "minute"];
  const count = Math.max(0, Math.floor(ms / size));
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** Minutes and seconds that are left, "14:59"; nothing less than none. */
export function countdownWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function moment(iso: string): string {
  return dateWords(Date.parse(iso));
}

function number(value: number): string {
  return value.toLocaleString();
}
