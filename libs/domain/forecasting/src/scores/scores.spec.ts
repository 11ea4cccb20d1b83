import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { quantilesOf } from '../distribution/quantiles.js';
import { clarkeZone, parkesZone, ZONES } from './error-grids.js';
import { mergedSums, scoresOf, scoreSums, type ScoredPair } from './scores.js';

function pair(mean: number, actual: number, persistence = mean): ScoredPair {
  return {
    mean,
    actual,
    quantiles: quantilesOf((level) => mean + 40 * (level - 0.5)),
    baselines: { persistence, 'population-mean': 151 },
  };
}

const pairs = fc.array(
  fc
    .record({
      mean: fc.integer({ min: 40, max: 400 }),
      actual: fc.integer({ min: 40, max: 400 }),
      persistence: fc.integer({ min: 40, max: 400 }),
    })
    .map(({ mean, actual, persistence }) => pair(mean, actual, persistence)),
  { maxLength: 40 },
);

describe('scoresOf', () => {
  it('scores four pairs as counted by hand', () => {
    // Errors 3, -4, 0, 0; intervals reach ±10 (50 %), ±16 (80 %) and ±19 (95 %).
    const scores = scoresOf(scoreSums([pair(103, 100, 106), pair(96, 100, 92), pair(150, 150), pair(80, 80)]));
    expect(scores).toMatchObject({ n: 4, rmse: 2.5, mae: 1.75, bias: -0.25 });
    expect(scores.coverage).toEqual({ '0.5': 1, '0.8': 1, '0.95': 1 });
    // Persistence errs by 6, -8, 0, 0: twice as much.
    expect(scores.skill?.persistence).toBeCloseTo(0.5, 12);
    const far = scoresOf(scoreSums([pair(100, 111), pair(100, 117), pair(100, 120), pair(100, 110)]));
    expect(far.coverage).toEqual({ '0.5': 0.25, '0.8': 0.5, '0.95': 0.75 });
  });

  it('is null, not zero, without pairs, and where a baseline has no error', () => {
    expect(scoresOf(scoreSums([]))).toMatchObject({ n: 0, rmse: null, coverage: null, skill: null });
    expect(scoresOf(scoreSums([pair(90, 100, 100)])).skill?.persistence).toBeNull();
  });

  it('is the same however the pairs are cut into parts', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), (all, seed) => {
        const cut = all.length === 0 ? 0 : seed % all.length;
        const whole = scoreSums(all);
        const merged = mergedSums(scoreSums(all.slice(0, cut)), scoreSums(all.slice(cut)));
        expect({ ...merged, crps: 0 }).toEqual({ ...whole, crps: 0 });
        expect(merged.crps).toBeCloseTo(whole.crps, 6);
      }),
      propertyRuns(100),
    );
  });

  it('puts every pair in one zone of each grid', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const { clarke, parkes } = scoreSums(all);
        for (const zones of [clarke, parkes])
          expect(ZONES.reduce((sum, zone) => sum + zones[zone], 0)).toBe(all.length);
      }),
      propertyRuns(100),
    );
  });
});

describe('the error grids', () => {
  it.each([
    [100, 119, 'A'],
    [65, 50, 'A'],
    [100, 130, 'B'],
    [300, 200, 'B'],
    [100, 215, 'C'],
    [150, 25, 'C'],
    [250, 150, 'D'],
    [55, 100, 'D'],
    [65, 90, 'D'],
    [200, 60, 'E'],
    [60, 190, 'E'],
  ] as const)('Clarke: measured %d, forecast %d is in zone %s', (reference, estimate, zone) => {
    expect(clarkeZone(reference, estimate)).toBe(zone);
  });

  it.each([
    [100, 120, 'A'],
    [40, 60, 'A'],
    [140, 171, 'B'],
    [170, 144, 'B'],
    [50, 81, 'C'],
    [260, 129, 'C'],
    [80, 216, 'D'],
    [400, 90, 'D'],
    [35, 156, 'E'],
    [10, 200, 'E'],
  ] as const)('Parkes, type 1: measured %d, forecast %d is in zone %s', (reference, estimate, zone) => {
    expect(parkesZone(reference, estimate)).toBe(zone);
  });

  it('are A where the forecast came true', () => {
    fc.assert(
      fc.property(fc.double({ min: 20, max: 500, noNaN: true }), (mgdl) => {
        expect(clarkeZone(mgdl, mgdl)).toBe('A');
        expect(parkesZone(mgdl, mgdl)).toBe('A');
      }),
      propertyRuns(100),
    );
  });
});
