import { describe, expect, it } from '@jest/globals';
import type { TherapyAsked } from '#libs/contracts';
import { therapyOf } from './therapy.js';

const ASKED: TherapyAsked = {
  carbRatio: 10,
  correctionFactor: 40,
  target: 110,
  maximumBolus: 8,
  maximumInsulinOnBoard: 10,
  dailyMaximum: 60,
  reason: 'visit',
};

describe('therapyOf', () => {
  it('takes numbers in the canonical units, and values with theirs', () => {
    const plain = { ...ASKED, reason: undefined };
    const { reason: _, target: _target, ...same } = plain;
    expect(therapyOf(ASKED)).toEqual({ ...same, target: { low: 110, high: 110 } });
    const molar = {
      ...ASKED,
      correctionFactor: { value: 2, unit: 'mmol/L/U' },
      target: { low: 5, high: 7, unit: 'mmol/L' },
      maximumBolus: { value: 8, unit: 'U' },
    };
    expect(therapyOf(molar)).toMatchObject({
      correctionFactor: 36.0312,
      target: { low: 90.078, high: 126.1092 },
      maximumBolus: 8,
    });
  });

  it.each<{ what: string; more: Partial<TherapyAsked>; faults: readonly string[] }>([
    { what: 'a target in mmol/L without its unit', more: { target: 6 }, faults: ['/target out-of-range'] },
    {
      what: 'a factor in mmol/L without its unit',
      more: { correctionFactor: 2 },
      faults: ['/correctionFactor out-of-range'],
    },
    {
      what: 'an unknown unit',
      more: { carbRatio: { value: 10, unit: 'g' } },
      faults: ['/carbRatio/unit unit-unknown'],
    },
    { what: 'no insulin at all', more: { maximumBolus: 0 }, faults: ['/maximumBolus out-of-range'] },
    { what: 'a bolus of 300', more: { maximumBolus: 300 }, faults: ['/maximumBolus out-of-range'] },
    { what: 'a bolus above the day', more: { dailyMaximum: 5 }, faults: ['/maximumBolus out-of-range'] },
    {
      what: 'a target that is upside down',
      more: { target: { low: 120, high: 100, unit: 'mg/dL' } },
      faults: ['/target out-of-range'],
    },
    { what: 'no number', more: { carbRatio: Number.NaN }, faults: ['/carbRatio out-of-range'] },
  ])('refuses $what', ({ more, faults }) => {
    const outcome = therapyOf({ ...ASKED, ...more });
    expect('carbRatio' in outcome ? [] : outcome.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(faults);
  });
});
