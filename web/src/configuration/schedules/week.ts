const DAY_MIN = 24 * 60;
const DAY_MS = 86_400_000;

/** A part of a day, in minutes since its midnight by the wall clock. */
export interface Bar {
  startMin: number;
  endMin: number;
}

/** The Monday of the week in which a date (2026-03-05) lies. */
export function mondayOf(date: string): string {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const weekday = (new Date(midnight).getUTCDay() + 6) % 7;
  return isoDate(midnight - weekday * DAY_MS);
}

export function daysLater(date: string, days: number): string {
  return isoDate(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
}

/** Today by the browser's clock. */
export function today(now: Date): string {
  return isoDate(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** What of the spans lies on a date, by the site's wall clock, whatever zone this browser is in. */
export function barsOn(date: string, spans: readonly { localStart: string; localEnd: string }[]): Bar[] {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return spans
    .map(({ localStart, localEnd }) => ({
      startMin: Math.max(0, (wallClock(localStart) - midnight) / 60_000),
      endMin: Math.min(DAY_MIN, (wallClock(localEnd) - midnight) / 60_000),
    }))
    .filter(({ startMin, endMin }) => startMin < endMin);
}

/** The time as it stands on the wall (its offset ignored), as if it were UTC. */
function wallClock(iso: string): number {
  return Date.parse(`${iso.slice(0, 19)}Z`);
}
