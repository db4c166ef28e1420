const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const MINUTE = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** Hours, minutes and seconds in the browser's time zone, of ms since the epoch. */
export function clockTime(ms: number): string {
  return TIME.format(ms);
}

/** Hours and minutes in the browser's time zone. */
export function clockMinute(ms: number): string {
  return MINUTE.format(ms);
}

/** Hours, minutes and seconds with tenths of a second. */
export function clockTimeTenths(ms: number): string {
  const tenths = Math.floor((((ms % 1000) + 1000) % 1000) / 100);
  return `${TIME.format(ms)}.${tenths}`;
}

/** The date and the time. */
export function dateWords(ms: number): string {
  return `${DATE.format(ms)}, ${TIME.format(ms)}`;
}

/** The day alone. */
export function dayWords(ms: number): string {
  return DATE.format(ms);
}

/** The day and month when `ms` is not on the same local day as `nowMs`; null when it is. */
export function otherDay(ms: number, nowMs: number): string | null {
  const [then, now] = [new Date(ms), new Date(nowMs)];
  return then.toDateString() === now.toDateString() ? null : DAY.format(ms);
}

/** The value of a `datetime-local` field for an ISO time; empty for none. */
export function toLocalField(iso: string | null): string {
  if (iso === null) return "";
  const at = new Date(iso);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The ISO time (UTC) of a `datetime-local` field's value; null when it is empty. */
export function fromLocalField(value: string): string | null {
  return value === "" ? null : new Date(value).toISOString();
}
