import {
  append,
  joined,
  leaveExtremes,
  MAX_EXTREMES,
  type Hole,
  type KeptPoint,
  type SeriesPoint,
} from './kept-points.js';
import { HOLE_STEPS, UsualStep } from './usual-step.js';

/** What is asked of a series: values of a time (ms, `to` exclusive), at most `points` of them. */
export interface SeriesAsked {
  readonly from: number;
  readonly to: number;
  /** At least {@link MIN_POINTS}. */
  readonly points: number;
  /** How far apart values usually are, ms, where the values themselves do not show it; null: not known. */
  readonly usualStepMs: number | null;
}

export interface ReducedSeries<P extends SeriesPoint> {
  /** `all`: every value. `extremes`: of each bucket the first, last, lowest and highest value, and those of good quality. */
  readonly rule: 'all' | 'extremes';
  /** Values there are, shown or not. */
  readonly count: number;
  readonly points: readonly P[];
  /** Null: fewer than two steps, and nothing known beforehand. */
  readonly usualStepMs: number | null;
  /** Where values are further apart than three usual steps; between two points that are shown only the longest such time. */
  readonly gaps: readonly Hole[];
  /** Width of a bucket, the first one beginning at `from`; null where all values are shown. */
  readonly bucketMs: number | null;
}

export const MIN_POINTS = MAX_EXTREMES;

/**
 * Brings a series of any length to a bounded number of points that were all measured: nothing is averaged, no extreme is lost, and
 * what is remembered meanwhile is bounded by the number of points, not by the length of the series (docs/adr/0056).
 */
export class SeriesReducer<P extends SeriesPoint> {
  private all: KeptPoint<P>[] | undefined = [];
  private readonly buckets: KeptPoint<P>[][];
  private readonly width: number;
  private readonly usual = new UsualStep();
  private last: number | undefined;
  private count = 0;

  constructor(private readonly asked: SeriesAsked) {
    if (asked.points < MIN_POINTS || !(asked.to > asked.from))
      throw new RangeError('a series has a time, and room for its extremes');
    this.width = Math.ceil((asked.to - asked.from) / asked.points);
    this.buckets = Array.from({ length: asked.points }, () => []);
  }

  /** Takes the next value, in the order of time. @throws {RangeError} for one that is not in the time, or before the one before it */
  add(point: P): void {
    const { from, to, points } = this.asked;
    if (point.t < (this.last ?? from) || point.t >= to)
      throw new RangeError('values must come in the order of time, within it');
    if (this.last !== undefined) this.usual.add(point.t - this.last);
    this.last = point.t;
    this.count += 1;
    if (this.all === undefined) this.place(point);
    else append(this.all, point);
    if (this.all !== undefined && this.all.length > points) {
      for (const { point: earlier } of this.all) this.place(earlier);
      this.all = undefined;
    }
  }

  end(): ReducedSeries<P> {
    const usualStepMs = this.usual.get() ?? this.asked.usualStepMs;
    const { kept, bucketMs } = this.all === undefined ? this.merged() : { kept: this.all, bucketMs: null };
    const hole = usualStepMs === null ? Infinity : HOLE_STEPS * usualStepMs;
    return {
      rule: bucketMs === null ? 'all' : 'extremes',
      count: this.count,
      points: kept.map(({ point }) => point),
      usualStepMs,
      gaps: kept.flatMap(({ longest }) => (longest !== null && longest.to - longest.from > hole ? [longest] : [])),
      bucketMs,
    };
  }

  private place(point: P): void {
    const at = Math.floor((point.t - this.asked.from) / this.width);
    const bucket = this.buckets[at]!;
    append(bucket, point);
    this.buckets[at] = leaveExtremes(bucket);
  }

  /** Joins buckets two by two until the points that are left fit. */
  private merged(): { readonly kept: readonly KeptPoint<P>[]; readonly bucketMs: number } {
    let { buckets, width } = { buckets: this.buckets, width: this.width };
    while (buckets.reduce((sum, { length }) => sum + length, 0) > this.asked.points) {
      const halves = buckets;
      buckets = Array.from({ length: Math.ceil(halves.length / 2) }, (_, i) =>
        leaveExtremes(joined(halves[2 * i]!, halves[2 * i + 1] ?? [])),
      );
      width *= 2;
    }
    return { kept: buckets.reduce<KeptPoint<P>[]>((all, bucket) => joined(all, bucket), []), bucketMs: width };
  }
}
