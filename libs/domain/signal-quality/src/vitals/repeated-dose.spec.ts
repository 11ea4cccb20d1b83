import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { checkVital, VITAL_SPECS, type VitalState } from '../index.js';
import type { AcceptedValue } from './unit-doubt.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const T0 = 1_700_000_000_000;
const BOLUS = VITAL_SPECS['insulin-bolus']!;

function reasonsOf(doses: readonly (readonly [after: number, units: number])[], others: readonly AcceptedValue[] = []) {
  let state: VitalState | null = null;
  return doses.map(([after, x]) => {
    const verdict = checkVital(BOLUS, state, { t: T0 + after, x, quality: 0 }, others);
    state = verdict.state;
    return [verdict.quality, ...verdict.reasons].join(' ');
  });
}

describe('an insulin bolus', () => {
  it.each([
    [0, '1 dose-repeated'],
    [2 * MINUTE, '1 dose-repeated'],
    [2 * MINUTE + 1, '0'],
  ])('of the same amount %d ms after another: %s', (after, said) => {
    expect(
      reasonsOf([
        [0, 4.5],
        [after, 4.5],
      ]),
    ).toEqual(['0', said]);
  });

  it('that another source reports too is doubtful', () => {
    expect(reasonsOf([[0, 4.5]], [{ t: T0 - MINUTE, x: 4.5 }])).toEqual(['1 dose-repeated']);
    expect(reasonsOf([[0, 4.5]], [{ t: T0 - MINUTE, x: 4 }])).toEqual(['0']);
  });

  it('of nothing repeats nothing', () => {
    expect(
      reasonsOf([
        [0, 0],
        [SECOND, 0],
      ]),
    ).toEqual(['0', '0']);
  });

  it('says nothing against another amount, however far from it and however soon', () => {
    const amount = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(amount, amount, fc.nat(10 * MINUTE), (a, b, after) => {
        fc.pre(a !== b);
        expect(
          reasonsOf([
            [0, a],
            [after, b],
          ]),
        ).toEqual(['0', '0']);
      }),
      propertyRuns(100),
    );
  });
});
