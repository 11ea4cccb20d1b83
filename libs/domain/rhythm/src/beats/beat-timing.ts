/** How early a beat comes and how late the next, beside the interval that is usual around it. */
import type { Beat } from './qrs-detector.js';

export interface Timing {
  /** Interval before and after over the usual one, at most 4; 1 where there is none. */
  readonly before: number;
  readonly after: number;
}

const USUAL_BEATS = 25;
const USUAL_LEAST = 5;
const NEAR_BEATS = 10;
/** A longer interval (s) is a gap of the recording or a pause. */
const LONGEST = 3;
const DEFAULT = 0.8;

/** Usual is the median interval between two beats of the usual form within 25 beats; with less than five of them, of all within ten. */
export function timings(beats: readonly Beat[], fs: number, isUsual: readonly boolean[]): readonly Timing[] {
  const intervals = beats.map(({ at }, i) => (i > 0 ? (at - beats[i - 1]!.at) / fs : Number.NaN));
  return beats.map((_, i) => {
    const usual: number[] = [];
    for (let j = Math.max(1, i - USUAL_BEATS); j <= Math.min(beats.length - 1, i + USUAL_BEATS); j++)
      if (isUsual[j] && isUsual[j - 1] && j !== i && j !== i + 1) usual.push(intervals[j]!);
    const near = intervals.slice(Math.max(1, i - NEAR_BEATS), i + NEAR_BEATS + 1).filter((each) => each < LONGEST);
    const middle = (usual.length >= USUAL_LEAST ? median(usual) : median(near)) || DEFAULT;
    const over = (interval = Number.NaN): number => (Number.isNaN(interval) ? 1 : Math.min(4, interval / middle));
    return { before: over(intervals[i]), after: over(intervals[i + 1]) };
  });
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
