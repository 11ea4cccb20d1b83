import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { appendedOf, appliedOf, growth, lagOf, type FlowSample } from './log-flow.js';

const MINUTE = 60_000;

/** Two partitions. */
const sample = (at: number, next: readonly number[], applied: readonly (number | undefined)[]): FlowSample => ({
  at,
  ends: new Map(next.map((n, p) => [p, { first: 0n, next: BigInt(n) }])),
  applied: new Map(applied.flatMap((n, p) => (n === undefined ? [] : [[p, BigInt(n)] as const]))),
});

describe('what a total grew by', () => {
  it('is counted from the oldest sample within the window', () => {
    const samples = [0, 10, 30, 60, 90].map((s) => ({ at: s * 1_000, total: s * 2 }));
    expect(growth(samples, MINUTE)).toEqual({ count: 120, coveredSeconds: 60 });
    expect(growth(samples.slice(0, 3), MINUTE)).toEqual({ count: 60, coveredSeconds: 30 });
  });

  it('is nothing of one sample, of none, or of a total that was set back', () => {
    expect(growth([], MINUTE)).toEqual({ count: 0, coveredSeconds: 0 });
    expect(growth([{ at: 5, total: 9 }], MINUTE)).toEqual({ count: 0, coveredSeconds: 0 });
    expect(
      growth(
        [
          { at: 0, total: 9 },
          { at: 1_000, total: 2 },
        ],
        MINUTE,
      ),
    ).toEqual({ count: 0, coveredSeconds: 1 });
  });
});

describe('lag', () => {
  it('is what was appended and not applied, of partitions that nobody began, too', () => {
    const now = sample(1_000, [10, 5], [7, undefined]);
    expect([appendedOf(now), appliedOf(now)]).toEqual([15, 7]);
    expect(lagOf([now])).toEqual({ records: 8, seconds: 0 });
  });

  it('lasts since the record that is next was first seen', () => {
    const samples = [sample(0, [4, 0], [4, 0]), sample(5_000, [6, 0], [4, 0]), sample(10_000, [9, 0], [5, 0])];
    expect(lagOf(samples)).toEqual({ records: 4, seconds: 5 });
    expect(lagOf([...samples, sample(12_000, [9, 0], [7, 0])])).toEqual({ records: 2, seconds: 2 });
    expect(lagOf([...samples, sample(12_000, [9, 0], [9, 0])])).toEqual({ records: 0, seconds: 0 });
  });

  it('is never more than the truth, and less by no more than the distance of the samples', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(steps, (all) => {
        let [next, applied] = [0, 0];
        const appendedAt: number[] = [];
        const samples = all.map(([appends, applies], n) => {
          // Appended some time in the five seconds before the sample.
          for (let i = 0; i < appends; i += 1) appendedAt[next + i] = n * 5_000 - 2_500;
          next += appends;
          applied = Math.min(next, applied + applies);
          return sample(n * 5_000, [next], [applied]);
        });
        const now = samples.at(-1)!.at;
        const { records, seconds } = lagOf(samples);
        expect(records).toBe(next - applied);
        const truth = applied === next ? 0 : (now - appendedAt[applied]!) / 1_000;
        expect(seconds).toBeLessThanOrEqual(Math.max(0, truth));
        expect(truth - seconds).toBeLessThanOrEqual(5);
      }),
      propertyRuns(100),
    );
  });
});
