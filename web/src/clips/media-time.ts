/** The wall-clock time (ms since the epoch) of a position (s) in a clip whose position 0 was at `startsAtMs`. */
export function wallClockMs(startsAtMs: number, position_s: number): number {
  return startsAtMs + position_s * 1000;
}

/** The position (s) in that clip of a moment of wall-clock time; negative when the moment lies before the clip. */
export function positionS(startsAtMs: number, momentMs: number): number {
  return (momentMs - startsAtMs) / 1000;
}

/** How far a moment lies from the event, signed and in seconds: `-3.2 s`, `+0.4 s`. */
export function offsetWords(momentMs: number, eventMs: number): string {
  const seconds = (momentMs - eventMs) / 1000;
  const rounded = Math.round(seconds * 10) / 10;
  return `${rounded < 0 ? "−" : "+"}${Math.abs(rounded).toFixed(1)} s`;
}

/** How long the clip will be (s): what was asked for while it grows, what there is once it is complete. */
export function lengthS(
  clip: { startsAtMs: number; endsAtMs: number; complete: boolean },
  bufferedEnd_s: number,
): number {
  if (clip.complete) return bufferedEnd_s;
  return Math.max(bufferedEnd_s, positionS(clip.startsAtMs, clip.endsAtMs));
}
