import type { Reading } from '../values/readings.js';

/** A stretch of a wave, or of successive intervals (`periodMs` null: each value is the time to the next beat, ms). */
export interface Stretch {
  readonly effectiveAt: string;
  readonly periodMs: number | null;
  readonly values: readonly number[];
}

/** Stretches that follow each other by more than this many periods do not belong together. */
const MAX_PERIODS = 3;
/** Of intervals: as much later than the end of the one before, ms. */
const MAX_LATE_MS = 100;

/** Samples of a wave in the order of time, with a gap where a stretch does not go on where the one before ended. */
export function stripReadings(stretches: readonly Stretch[]): readonly Reading[] {
  const readings: Reading[] = [];
  let end = -Infinity;
  const sorted = stretches.toSorted((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt));
  for (const { effectiveAt, periodMs, values } of sorted) {
    let at = Date.parse(effectiveAt);
    const allowed = periodMs === null ? MAX_LATE_MS : MAX_PERIODS * periodMs;
    const last = readings.at(-1);
    if (last !== undefined && at - end > allowed)
      readings.push({ kind: 'gap', at: last.at, until: at, place: (last.at + at) / 2 });
    for (const value of values) {
      // An interval stands at the beat that ends it.
      if (periodMs === null) at += value;
      readings.push({ kind: 'value', at, place: at, value, quality: 'good', reasons: [], source: '' });
      if (periodMs !== null) at += periodMs;
    }
    end = at;
  }
  return readings;
}
