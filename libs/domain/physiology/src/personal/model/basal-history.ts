import type { BasalSegment } from '../../insulin/doses.js';

/** Segments of `[from, until)` with all gaps filled, and how much was known. */
export interface BasalHistory {
  readonly segments: readonly BasalSegment[];
  /** Share of the time with a known rate, 0 to 1. */
  readonly known: number;
  /** Mean of the known rates over their time, [IU]/h; null where none is known. */
  readonly mean: number | null;
}

/** Gaps take `fill`, or the mean of what is known. */
export function basalHistoryOf(
  basal: readonly BasalSegment[],
  from: number,
  until: number,
  fill: number | null,
): BasalHistory {
  const inside = basal
    .map((segment) => ({ ...segment, from: Math.max(from, segment.from), until: Math.min(until, segment.until) }))
    .filter((segment) => segment.until > segment.from)
    .toSorted((a, b) => a.from - b.from);
  const time = inside.reduce((sum, segment) => sum + segment.until - segment.from, 0);
  const units = inside.reduce((sum, segment) => sum + (segment.until - segment.from) * segment.unitsPerHour, 0);
  const mean = time > 0 ? units / time : null;
  const rate = fill ?? mean ?? 0;
  const segments: BasalSegment[] = [];
  let at = from;
  for (const segment of inside) {
    if (segment.from > at) segments.push({ from: at, until: segment.from, unitsPerHour: rate });
    segments.push(segment);
    at = segment.until;
  }
  if (at < until) segments.push({ from: at, until, unitsPerHour: rate });
  return { segments, known: until > from ? time / (until - from) : 0, mean };
}
