import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InputChange, Subject } from '#libs/domain/forecasting';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import { VITAL_SIGNS } from '../features/vital-signs.js';
import { VITAL_FORECAST } from '../forecaster.js';
import { isUnstable } from './instability.js';
import { RISK_COLUMNS } from './risk-features.js';
import { deteriorationRisk, type DeteriorationRisk } from './risk.js';
import { RISK_MODEL } from './risk-weights.js';

const HOUR = 3_600_000;
const T0 = 1_700_000_000_000;
const ADULT: Subject = { ageYears: 60, isPregnant: false, weightKg: null, parameters: null };
const WELL: Readonly<Record<string, number>> = {
  'heart-rate': 76,
  'respiratory-rate': 15,
  'oxygen-saturation': 98,
  'systolic-pressure': 126,
  'mean-pressure': 88,
  'body-temperature': 36.8,
};

/** One set an hour; `course` says what differs from a well person in which hour. */
function memoryOf(hours: number, course: (hour: number) => Readonly<Record<string, number | undefined>>): unknown {
  let memory: unknown = null;
  for (let hour = 0; hour < hours; hour++)
    for (const { code, name } of VITAL_SIGNS) {
      const x = { ...WELL, ...course(hour) }[name];
      if (x === undefined) continue;
      memory = VITAL_FORECAST.take(memory, change(`${name} ${hour}`, code, T0 + hour * HOUR, x));
    }
  return memory;
}

function change(identity: string, code: number, t: number, x: number): InputChange {
  return { identity, code, t, x, quality: 0, source: 'ward', isWithdrawn: false };
}

function riskOf(memory: unknown): DeteriorationRisk {
  const risk = deteriorationRisk(memory, ADULT);
  if (risk.kind === 'refused') throw new Error(risk.message);
  return risk;
}

describe('the risk of deterioration', () => {
  it('is low for a well person, and much higher where pressure falls', () => {
    const well = riskOf(memoryOf(12, () => ({})));
    const falling = riskOf(
      memoryOf(12, (hour) => ({ 'systolic-pressure': 126 - 3 * hour, 'mean-pressure': 88 - 2.5 * hour })),
    );
    expect(well.probability).toBeLessThan(0.05);
    expect(falling.probability).toBeGreaterThan(5 * well.probability);
    const most = falling.contributions.reduce((a, b) => (b.contribution > a.contribution ? b : a));
    expect(most.name).toBe('systolic-pressure');
    expect(falling).toMatchObject({ at: T0 + 11 * HOUR, horizonMinutes: 720, missing: [] });
  });

  it('is computed once for a memory and a person, whoever asks, and anew for another', () => {
    const memory = memoryOf(6, () => ({}));
    const risk = deteriorationRisk(memory, ADULT);
    expect(deteriorationRisk(memory, { ...ADULT })).toBe(risk);
    expect(deteriorationRisk(memory, { ...ADULT, ageYears: 17 }).kind).toBe('refused');
    expect(deteriorationRisk(memory, { ...ADULT, isPregnant: true }).kind).toBe('refused');
    expect(deteriorationRisk(memory, { ...ADULT, ageYears: 90 })).not.toEqual(risk);
    expect(deteriorationRisk(memory, ADULT)).toEqual(risk);
  });

  it('is the sum of what each vital sign adds', () => {
    const { probability, intercept, contributions } = riskOf(memoryOf(6, () => ({ 'heart-rate': 128 })));
    const logOdds = contributions.reduce((sum, { contribution }) => sum + contribution, intercept);
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logOdds)), 12);
  });

  it('takes a vital sign whose sensors contradict each other for not known', () => {
    const course = (hour: number) => ({ 'heart-rate': 128, 'body-temperature': 36.8 + hour / 100 });
    const plain = memoryOf(6, (hour) => ({ ...course(hour), 'heart-rate': undefined }));
    const other = (x: number) =>
      VITAL_FORECAST.take(memoryOf(6, course), {
        ...change('other', 1, T0 + 5 * HOUR + 1000, x),
        source: 'wearable',
      });
    expect(riskOf(other(70))).toMatchObject({ missing: ['heart-rate'] });
    expect(riskOf(other(70)).probability).toBe(riskOf(plain).probability);
    expect(riskOf(other(120)).missing).toEqual([]);
  });

  it('takes what is missing for no information, and names it', () => {
    const { missing, contributions } = riskOf(memoryOf(6, () => ({ 'body-temperature': undefined })));
    expect(missing).toEqual(['body-temperature']);
    expect(contributions).toHaveLength(5);
  });

  it('does not fall when blood pressure is lower throughout, but for a thousandth by way of the other forecasts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 75, max: 160 }), fc.integer({ min: 1, max: 30 }), (systolic, less) => {
        const at = (x: number) => riskOf(memoryOf(8, () => ({ 'systolic-pressure': x }))).probability;
        expect(at(systolic - less)).toBeGreaterThanOrEqual(at(systolic) - 0.001);
      }),
      propertyRuns(60),
    );
  });

  it('refuses with the reason', () => {
    const well = memoryOf(3, () => ({}));
    expect(deteriorationRisk(null, ADULT)).toMatchObject({ reason: 'no-data' });
    const two = memoryOf(3, () => ({
      'heart-rate': undefined,
      'respiratory-rate': undefined,
      'body-temperature': undefined,
    }));
    // Saturation, and two pressures that are one.
    expect(deteriorationRisk(two, ADULT)).toMatchObject({ reason: 'too-little-data' });
    expect(deteriorationRisk(well, { ...ADULT, ageYears: 3 })).toMatchObject({ reason: 'outside-population' });
    expect(deteriorationRisk(well, { ...ADULT, isPregnant: true })).toMatchObject({ reason: 'outside-population' });
  });

  it('is a probability whatever came', () => {
    const anything = fc.array(
      fc.record({
        code: fc.constantFrom(...VITAL_SIGNS.map(({ code }) => code)),
        second: fc.nat(9 * 3600),
        x: fc.oneof(fc.integer({ min: 10, max: 200 }), fc.double()),
      }),
      { maxLength: 60, size: 'max' },
    );
    let answered = 0;
    fc.assert(
      fc.property(anything, (all) => {
        const memory = all.reduce<unknown>(
          (before, { code, second, x }, i) => VITAL_FORECAST.take(before, change(`${i}`, code, T0 + second * 1000, x)),
          null,
        );
        const risk = deteriorationRisk(memory, ADULT);
        if (risk.kind === 'refused') return;
        answered++;
        expect(risk.probability).toBeGreaterThan(0);
        expect(risk.probability).toBeLessThanOrEqual(1);
        for (const { contribution } of risk.contributions) expect(Number.isFinite(contribution)).toBe(true);
      }),
      propertyRuns(200),
    );
    expect(answered).toBeGreaterThan(metInRuns(20));
  });

  it('has a weight for every column, and none lets a sign of illness lower it', () => {
    expect(RISK_MODEL.columns).toHaveLength(RISK_COLUMNS.length);
    for (const { weight } of RISK_MODEL.columns) expect(weight).toBeGreaterThanOrEqual(0);
  });
});

describe('instability', () => {
  it('is a value beyond a limit, not one on it nor a missing one', () => {
    for (const [code, x] of [
      [1, 39],
      [1, 141],
      [4, 4],
      [4, 37],
      [3, 89],
      [5, 89],
    ] as const)
      expect(isUnstable(new Map([[code, x]]))).toBe(true);
    for (const [code, x] of [
      [1, 40],
      [1, 140],
      [4, 5],
      [4, 36],
      [3, 90],
      [5, 90],
      [7, 30],
    ] as const)
      expect(isUnstable(new Map([[code, x]]))).toBe(false);
    expect(isUnstable(new Map())).toBe(false);
  });
});
