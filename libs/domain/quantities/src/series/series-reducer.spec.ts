import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { SeriesReducer, type ReducedSeries, type SeriesAsked } from './series-reducer.js';
import type { SeriesPoint } from './kept-points.js';

const FROM = 1_772_000_000_000;
const MINUTE = 60_000;

function reduced(points: readonly SeriesPoint[], asked: Partial<SeriesAsked> = {}): ReducedSeries<SeriesPoint> {
  const reducer = new SeriesReducer({ from: FROM, to: FROM + 7 * 86_400_000, points: 60, usualStepMs: null, ...asked });
  for (const point of points) reducer.add(point);
  return reducer.end();
}

/** A value every minute, but for the minutes left out. */
const minutes = (count: number, isOut: (n: number) => boolean = () => false): SeriesPoint[] =>
  Array.from({ length: count }, (_, n) => ({ t: FROM + n * MINUTE, x: n, quality: 0 as const })).filter(
    (_, n) => !isOut(n),
  );

/** Series with usual steps, holes, values of one moment, artefacts. */
const series = fc
  .array(
    fc.record({
      step: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 900, max: 1_100 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 600_000 }) },
      ),
      x: fc.oneof(fc.integer({ min: 60, max: 80 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })),
      quality: fc.constantFrom<0 | 1 | 2>(0, 0, 0, 1, 2),
    }),
    { maxLength: 400 },
  )
  .map((rows) => {
    let t = FROM;
    return rows.map(({ step, x, quality }): SeriesPoint => ({ t: (t += step), x, quality }));
  });
const bound = fc.integer({ min: 6, max: 120 });

describe('a reduced series', () => {
  it('holds measured values only, in their order, at most as many as asked, and all of them where they fit', () => {
    fc.assert(
      fc.property(series, bound, (all, points) => {
        const { points: shown, rule, count, bucketMs } = reduced(all, { points });
        expect(count).toBe(all.length);
        expect(shown.length).toBeLessThanOrEqual(points);
        const places = shown.map((point) => all.indexOf(point));
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
        expect(places).not.toContain(-1);
        expect(rule).toBe(all.length <= points ? 'all' : 'extremes');
        if (rule === 'all') expect([shown, bucketMs]).toEqual([all, null]);
      }),
      propertyRuns(100),
    );
  });

  it('keeps the first, the last, the lowest and the highest of each bucket, and those of good quality', () => {
    fc.assert(
      fc.property(series, bound, (all, points) => {
        const { points: shown, bucketMs } = reduced(all, { points });
        if (bucketMs === null) return;
        const buckets = Map.groupBy(all, ({ t }) => Math.floor((t - FROM) / bucketMs));
        const left = Map.groupBy(shown, ({ t }) => Math.floor((t - FROM) / bucketMs));
        for (const [at, bucket] of buckets) {
          const kept = left.get(at) ?? [];
          expect(kept).toEqual(expect.arrayContaining([bucket[0], bucket.at(-1)]));
          for (const some of [bucket, bucket.filter(({ quality }) => quality === 0)]) {
            if (some.length === 0) continue;
            const values = kept.filter((point) => some.includes(point)).map(({ x }) => x);
            expect(Math.min(...values)).toBe(Math.min(...some.map(({ x }) => x)));
            expect(Math.max(...values)).toBe(Math.max(...some.map(({ x }) => x)));
          }
        }
      }),
      propertyRuns(100),
    );
  });

  it('has a gap between two points whenever values between them are further apart than three usual steps', () => {
    fc.assert(
      fc.property(series, bound, (all, points) => {
        const { points: shown, usualStepMs, gaps } = reduced(all, { points });
        const hole = usualStepMs === null ? Infinity : 3 * usualStepMs;
        const isHole = (i: number) => all[i + 1]!.t - all[i]!.t > hole;
        for (const [n, point] of shown.slice(0, -1).entries()) {
          const [a, b] = [all.indexOf(point), all.indexOf(shown[n + 1]!)];
          const isBroken = Array.from({ length: b - a }, (_, i) => a + i).some(isHole);
          expect(gaps.some(({ from, to }) => from >= point.t && to <= shown[n + 1]!.t)).toBe(isBroken);
        }
        // Each is a time without any value.
        for (const { from, to } of gaps)
          expect(all.some((value, i) => value.t === from && all[i + 1]?.t === to && isHole(i))).toBe(true);
      }),
      propertyRuns(100),
    );
  });

  it('says the usual step, however long a hole', () => {
    const { usualStepMs, gaps } = reduced(minutes(200, (n) => n > 40 && n < 90));
    expect([usualStepMs, gaps]).toEqual([MINUTE, [{ from: FROM + 40 * MINUTE, to: FROM + 90 * MINUTE }]]);
  });

  it('calls three usual steps no gap, and a millisecond more one', () => {
    const at = (...steps: number[]) => [0, ...steps].map((_, n, all) => all.slice(0, n + 1).reduce((a, b) => a + b, 0));
    const of = (...steps: number[]) =>
      reduced(at(...steps).map((t) => ({ t: FROM + t, x: 1, quality: 0 as const }))).gaps;
    expect(of(1_000, 1_000, 3_000, 1_000)).toEqual([]);
    expect(of(1_000, 1_000, 3_001, 1_000)).toHaveLength(1);
  });

  it('takes the usual step of the measure where the values do not show it', () => {
    const two = minutes(61, (n) => n !== 0 && n !== 60);
    expect(reduced(two)).toMatchObject({ usualStepMs: null, gaps: [] });
    expect(reduced(two, { usualStepMs: 5 * MINUTE })).toMatchObject({
      usualStepMs: 5 * MINUTE,
      gaps: [{ from: FROM }],
    });
  });

  it('does not let an artefact take the place of the highest true value', () => {
    const values = minutes(300).map(({ t }, n): SeriesPoint =>
      n === 100 ? { t, x: 5_000, quality: 2 } : { t, x: 200 - Math.abs(n - 90), quality: 0 },
    );
    const { points } = reduced(values, { points: 6, to: FROM + 300 * MINUTE });
    expect(points).toEqual(expect.arrayContaining([values[90], values[100]]));
  });

  it('is empty without values', () => {
    expect(reduced([])).toEqual({ rule: 'all', count: 0, points: [], usualStepMs: null, gaps: [], bucketMs: null });
  });

  it('refuses values out of order or out of its time, and no room for extremes', () => {
    const of = (...times: number[]) =>
      reduced(
        times.map((t) => ({ t, x: 1, quality: 0 as const })),
        { to: FROM + 10 },
      );
    expect(() => of(FROM + 2, FROM + 1)).toThrow(RangeError);
    expect(() => of(FROM - 1)).toThrow(RangeError);
    expect(() => of(FROM + 10)).toThrow(RangeError);
    expect(() => reduced([], { points: 5 })).toThrow(RangeError);
  });
});
