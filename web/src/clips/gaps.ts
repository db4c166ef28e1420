export interface Range {
  start: number;
  end: number;
}

/** Closer to the end of a range than this (s), a browser may stop instead of playing on. */
const EDGE_S = 0.1;

/** The buffered ranges as values, ascending. */
export function rangesOf(buffered: TimeRanges): Range[] {
  return Array.from({ length: buffered.length }, (_, i) => ({ start: buffered.start(i), end: buffered.end(i) }));
}

/**
 * Where to go on when nothing is recorded at `position` (s): the start of the next recorded range. Null when the
 * position can be played, or when nothing later has arrived yet.
 */
export function positionAfterGap(ranges: readonly Range[], position: number): number | null {
  const here = ranges.find((range) => range.start <= position && position < range.end - EDGE_S);
  if (here !== undefined) return null;
  const next = ranges.find((range) => range.start > position);
  return next?.start ?? null;
}

/** The nearest position that can be shown: inside the first to the last recorded moment. */
export function clampToRanges(ranges: readonly Range[], position: number): number {
  const first = ranges.at(0);
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) return 0;
  return Math.min(Math.max(position, first.start), Math.max(first.start, last.end - EDGE_S / 2));
}
