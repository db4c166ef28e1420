/** A time, its end excluded; ISO, UTC. */
export interface AccessSpan {
  startsAt: string;
  endsAt: string;
}

const SHOWN = 3;
const DAY_TIME = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** The first of these times in words, and how many more there are; “the whole time” when nothing of `whole` is left out. */
export function spansWords(spans: readonly AccessSpan[], whole: AccessSpan): string {
  const [only] = spans;
  if (only && spans.length === 1 && same(only.startsAt, whole.startsAt) && same(only.endsAt, whole.endsAt)) {
    return "the whole time";
  }
  const shown = spans.slice(0, SHOWN).map(spanWords);
  const more = spans.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

function spanWords({ startsAt, endsAt }: AccessSpan): string {
  const [start, end] = [new Date(startsAt), new Date(endsAt)];
  const sameDay = start.toDateString() === end.toDateString();
  return `${DAY_TIME.format(start)} – ${sameDay ? TIME.format(end) : DAY_TIME.format(end)}`;
}

function same(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other);
}
