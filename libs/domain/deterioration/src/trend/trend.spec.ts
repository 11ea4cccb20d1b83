import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { DETERIORATION_TREND, EMPTY_TREND, observeTrend, TREND_TERMS, TREND_VARIABLES, trendRisk } from '../index.js';
import type { TrendInput, TrendRisk, TrendState } from '../index.js';

const HOUR = 3_600_000;
const NAMES = Object.keys(TREND_VARIABLES);
/** One plausible value of everything, none of them calm. */
const ILL: Readonly<Record<string, number>> = {
  'heart-rate': 118,
  'respiratory-rate': 27,
  'body-temperature': 38.9,
  'systolic-pressure': 92,
  'mean-pressure': 61,
  'oxygen-saturation': 90,
  'inspired-oxygen': 50,
  ph: 7.29,
  paco2: 30,
  'urea-nitrogen': 48,
  creatinine: 2.4,
  glucose: 190,
  lactate: 4.1,
  bilirubin: 3,
  'white-cells': 19,
  platelets: 80,
};

function fold(inputs: readonly TrendInput[], from: TrendState = EMPTY_TREND): TrendState {
  return inputs.reduce(observeTrend, from);
}

function stay(values: Readonly<Record<string, number>>, hours = 10): TrendInput[] {
  return Array.from({ length: hours }, (_, hour) =>
    Object.entries(values).map(([name, value]) => ({ t: hour * HOUR, name, value })),
  ).flat();
}

function riskOf(state: TrendState, t: number): Extract<TrendRisk, { kind: 'risk' }> {
  const risk = trendRisk(state, t);
  if (risk.kind !== 'risk') throw new Error(`refused: ${risk.reason}`);
  return risk;
}

const anyInput = fc.record({
  t: fc.oneof(fc.integer({ min: 0, max: 60 * HOUR }), fc.double()),
  name: fc.oneof(fc.constantFrom(...NAMES), fc.string()),
  value: fc.oneof(fc.double({ min: 0, max: 400 }), fc.double()),
});
const possibleInput = fc
  .constantFrom(...NAMES)
  .chain((name) =>
    fc.record({ t: fc.integer({ min: 0, max: 60 * HOUR }), name: fc.constant(name), value: fc.constant(ILL[name]!) }),
  );

describe('deterioration trend', () => {
  it('has a weight for every term', () => {
    expect(DETERIORATION_TREND.terms).toHaveLength(TREND_TERMS.length);
  });

  it('is the intercept and the contributions, added in order, exactly', () => {
    fc.assert(
      fc.property(fc.array(possibleInput, { minLength: 20, maxLength: 80 }), (inputs) => {
        const risk = riskOf(fold([...inputs.filter(({ t }) => t <= 30 * HOUR), ...stay(ILL, 2)]), 2 * HOUR);
        expect(risk.contributions.reduce((sum, { contribution }) => sum + contribution, risk.intercept)).toBe(
          risk.score,
        );
      }),
      propertyRuns(100),
    );
  });

  it('changes by its contribution when a cited measurement is taken away, and names it as missing', () => {
    const inputs = stay(ILL);
    const whole = riskOf(fold(inputs), 9 * HOUR);
    expect(whole.contributions.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
    for (const { name, contribution, value } of whole.contributions) {
      const without = riskOf(fold(inputs.filter((input) => input.name !== name)), 9 * HOUR);
      expect(value).toBe(ILL[name]);
      expect(whole.score - without.score).toBeCloseTo(contribution, 9);
      expect(without.missing).toEqual([name]);
      expect(without.contributions.some((other) => other.name === name)).toBe(false);
    }
  });

  it('gives readings near the average nearly nothing, on either side, as it gives a missing one nothing', () => {
    const vital = { 'heart-rate': 80, 'respiratory-rate': 18, 'body-temperature': 36.9, 'oxygen-saturation': 97 };
    const { contributions } = riskOf(fold(stay(vital)), 9 * HOUR);
    expect(contributions.some(({ contribution }) => contribution < 0)).toBe(true);
    expect(contributions.every(({ contribution }) => Math.abs(contribution) < 0.5)).toBe(true);
  });

  it('rises while a hand-made patient turns septic, and not while another stays well', () => {
    const well = { 'heart-rate': 72, 'respiratory-rate': 15, 'body-temperature': 36.8, 'systolic-pressure': 125 };
    const start = fold(stay({ ...well, 'oxygen-saturation': 97 }, 12));
    const before = riskOf(start, 11 * HOUR);
    let state = start;
    const scores = [0, 1, 2, 3, 4, 5].map((k) => {
      const t = (12 + k) * HOUR;
      const signs = { 'heart-rate': 80 + 9 * k, 'respiratory-rate': 18 + 2 * k, 'body-temperature': 37.2 + 0.4 * k };
      const pressures = { 'systolic-pressure': 118 - 6 * k, 'mean-pressure': 80 - 4 * k };
      state = fold(
        Object.entries({ ...signs, ...pressures }).map(([name, value]) => ({ t, name, value })),
        state,
      );
      return riskOf(state, t).score;
    });
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(scores.at(-1)!).toBeGreaterThan(before.score + 1);
    expect(before.band).toBe('low');
    const still = fold(stay({ ...well, 'oxygen-saturation': 97 }, 18));
    expect(riskOf(still, 17 * HOUR).score).toBeCloseTo(before.score, 9);
  });

  it('reads a band off its own limits', () => {
    const ill = riskOf(fold(stay(ILL)), 9 * HOUR);
    expect(ill.score).toBeGreaterThan(DETERIORATION_TREND.bands.high.raise);
    expect(ill.band).toBe('high');
  });

  it('does not depend on the order or the batches values come in, nor on telling one twice', () => {
    const distinct = fc.uniqueArray(possibleInput, { selector: ({ t, name }) => `${name}${t}`, maxLength: 60 });
    fc.assert(
      fc.property(distinct, fc.nat(), (inputs, seed) => {
        const order = [...inputs].sort((a, b) => ((a.t * 7 + seed) % 997) - ((b.t * 7 + seed) % 997));
        const reference = fold(inputs);
        const shuffled = fold([...order, ...order]);
        for (const name of NAMES) {
          const key = name as keyof TrendState;
          expect(JSON.stringify(shuffled[key])).toBe(JSON.stringify(reference[key]));
        }
        const stored = JSON.parse(JSON.stringify(reference)) as TrendState;
        expect(JSON.stringify(trendRisk(stored, 60 * HOUR))).toBe(JSON.stringify(trendRisk(shuffled, 60 * HOUR)));
      }),
      propertyRuns(100),
    );
  });

  it('never sees what came after', () => {
    const until = fold(stay(ILL, 10));
    const later = fold(
      stay({ ...ILL, 'heart-rate': 40, lactate: 20 }, 14).filter(({ t }) => t > 9 * HOUR),
      until,
    );
    expect(trendRisk(later, 9 * HOUR)).toEqual(trendRisk(until, 9 * HOUR));
  });

  it('stays bounded and finite for any input', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 120 }), fc.double(), (inputs, t) => {
        const state = fold([...inputs, ...stay(ILL, 1)]);
        for (const at of [t, 0, 30 * HOUR]) {
          const risk = trendRisk(state, at);
          if (risk.kind === 'refused') continue;
          expect(Number.isFinite(risk.score)).toBe(true);
          expect(risk.contributions.every(({ contribution }) => Number.isFinite(contribution))).toBe(true);
        }
        expect(Object.values(state).every((chart) => chart.length <= 24)).toBe(true);
      }),
      propertyRuns(100),
    );
    const long = fold(Array.from({ length: 500 }, (_, k) => ({ t: k * HOUR, name: 'heart-rate', value: 80 })));
    expect(long['heart-rate']).toHaveLength(24);
  });

  it('takes an impossible value for missing: oxygen of 1 %, a pulse of 0, not-a-number', () => {
    const bad: ReadonlyArray<readonly [string, number]> = [
      ['inspired-oxygen', 1],
      ['heart-rate', 0],
      ['ph', Number.NaN],
      ['lactate', Number.POSITIVE_INFINITY],
      ['shoe-size', 43],
    ];
    expect(fold(bad.map(([name, value]) => ({ t: 0, name, value })))).toEqual(EMPTY_TREND);
  });

  it('refuses children, pregnancy, a time that is none and fewer than three vital signs within 8 h', () => {
    const state = fold(stay(ILL));
    const reason = (risk: TrendRisk) => (risk.kind === 'refused' ? risk.reason : risk.kind);
    expect(reason(trendRisk(state, 9 * HOUR, { ageYears: 3 }))).toBe('under-16');
    expect(reason(trendRisk(state, 9 * HOUR, { ageYears: Number.NaN }))).toBe('under-16');
    expect(reason(trendRisk(state, 9 * HOUR, { ageYears: 30, pregnant: true }))).toBe('pregnant');
    expect(reason(trendRisk(state, Number.NaN))).toBe('bad-time');
    expect(reason(trendRisk(state, 17 * HOUR))).toBe('risk');
    expect(reason(trendRisk(state, 17 * HOUR + 1))).toBe('too-few-vital-signs');
    const pressuresOnly = { 'systolic-pressure': 90, 'mean-pressure': 60, 'heart-rate': 100 };
    expect(reason(trendRisk(fold(stay(pressuresOnly)), 9 * HOUR))).toBe('too-few-vital-signs');
    expect(trendRisk(EMPTY_TREND, 0).missing).toEqual(NAMES);
  });
});
