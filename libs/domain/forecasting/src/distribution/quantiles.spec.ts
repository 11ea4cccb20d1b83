import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { crpsOf, quantilesOf, QUANTILE_LEVELS } from './quantiles.js';

describe('crpsOf', () => {
  it('is zero for a certain forecast that came true', () => {
    expect(
      crpsOf(
        quantilesOf(() => 120),
        120,
      ),
    ).toBe(0);
  });

  it('is the distance for a certain forecast that did not, weighed by the levels', () => {
    // Mean of the seven levels is 0.5: twice 0.5 times the distance.
    expect(
      crpsOf(
        quantilesOf(() => 100),
        130,
      ),
    ).toBeCloseTo(30, 9);
  });

  it('is never negative and least for the median among shifts', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (shift) => {
        const centred = quantilesOf((p) => 100 + 40 * (p - 0.5));
        const shifted = quantilesOf((p) => 100 + shift + 40 * (p - 0.5));
        expect(crpsOf(shifted, 100)).toBeGreaterThanOrEqual(crpsOf(centred, 100) - 1e-9);
      }),
      propertyRuns(100),
    );
  });
});

describe('quantilesOf', () => {
  it('sorts estimates that cross', () => {
    const quantiles = quantilesOf((p) => -p);
    const values = QUANTILE_LEVELS.map((level) => quantiles[level]);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });
});
