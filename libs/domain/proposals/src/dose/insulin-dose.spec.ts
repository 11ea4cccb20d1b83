import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { largestSafe, roundedDown } from './insulin-dose.js';

describe('roundedDown', () => {
  it('gives steps of 0.05, never above and less than a step below', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30, noNaN: true }), (dose) => {
        const rounded = roundedDown(dose);
        expect(rounded).toBeLessThanOrEqual(dose);
        expect(dose - rounded).toBeLessThan(0.1);
        expect(Math.abs(rounded * 20 - Math.round(rounded * 20))).toBeLessThan(1e-9);
      }),
      propertyRuns(300),
    );
  });
});

describe('largestSafe', () => {
  it('finds the largest safe step by few questions, or null where none is safe', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: -5, max: 620 }), (steps, safe) => {
        const asked: number[] = [];
        const found = largestSafe(Number((steps * 0.05).toFixed(2)), (dose) => {
          asked.push(dose);
          return dose <= safe * 0.05 + 1e-9;
        });
        if (safe < 0) expect(found).toBeNull();
        else expect(found).toBeCloseTo(Math.min(steps, safe) * 0.05, 9);
        expect(asked.length).toBeLessThanOrEqual(12);
      }),
      propertyRuns(200),
    );
  });
});
