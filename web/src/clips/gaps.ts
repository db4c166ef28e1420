export interface Range {
  start: number;
  end: number;
}

/** A browser without the next frame stops one frame before the end of a range; no camera's frame is longer (s). */
const LAST_FRAME_S = 1;

/** A seek lands this far (s) inside the end of a range, so that there is a frame to show. */
const INSIDE_S = 0.05;

/** The buffered ranges as values, ascending. */
export function rangesOf(buffered: TimeRanges): Range[] {
  return Array.from({ length: buffered.length }, (_, i) => ({ start: buffered.start(i), end: buffered.end(i) }));
}

/**
 * Where to go on when nothing is recorded at `position` (s): the start of the next recorded range. Null when the
 * position can be played, or when nothing later has arrived yet. `stalled` says that the video wants to play and cannot.
 */
export function positionAfterGap(ranges: readonly Range[], position: number, stalled: boolean): number | null {
  const here = ranges.find((range) => range.start <= position && position < range.end);
  if (here !== undefined && !(stalled && here.end - position < LAST_FRAME_S)) return null;
  const next = ranges.find((range) => range.start > position);
  return next?.start ?? null;
}

/** The position nearest to `wanted` that can be shown, coming from `from` (all s): a gap is crossed, not entered. */
export function reachable(ranges: readonly Range[], wanted: number, from: number): number {
  if (ranges.length === 0) return 0;
  const before = ranges.findLast((range) => range.start <= wanted);
  const after = ranges.find((range) => range.start > wanted);
  if (before === undefined) return after?.start ?? 0;
  if (wanted < before.end) return Math.min(wanted, lastShown(before));
  return after !== undefined && wanted > from ? after.start : lastShown(before);
}

function lastShown(range: Range): number {
  return Math.max(range.start, range.end - INSIDE_S);
}
