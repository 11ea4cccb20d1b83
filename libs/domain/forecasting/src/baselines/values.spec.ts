import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { ar2, persistence, populationMean } from './values.js';

const mgdl = fc.double({ min: 36, max: 400, noNaN: true });

describe('ar2', () => {
  it('follows the recursion of the logarithm by hand', () => {
    const [y0, y1] = [Math.log(120 / 140), Math.log(126 / 140)];
    const y2 = -0.723 * y0 + 1.716 * y1;
    const y3 = -0.723 * y1 + 1.716 * y2;
    expect(ar2(120, 126, 5)).toBeCloseTo(140 * Math.exp(y2), 9);
    expect(ar2(120, 126, 10)).toBeCloseTo(140 * Math.exp(y3), 9);
    expect(ar2(120, 126, 0)).toBeCloseTo(126, 9);
  });

  it('stays within 36 and 400 mg/dL whatever the fall or rise', () => {
    fc.assert(
      fc.property(mgdl, mgdl, fc.integer({ min: 0, max: 120 }), (previous, newest, minutes) => {
        const value = ar2(previous, newest, minutes);
        expect(value).toBeGreaterThanOrEqual(36 - 1e-9);
        expect(value).toBeLessThanOrEqual(400 + 1e-9);
      }),
      propertyRuns(100),
    );
    expect(ar2(400, 60, 5)).toBeCloseTo(36, 9);
  });
});

describe('the other baselines', () => {
  it('repeat the newest value, and know a mean only of measures that have one', () => {
    expect(persistence(123)).toBe(123);
    expect(populationMean(9)).toBe(151);
    expect(populationMean(12)).toBeUndefined();
  });
});
