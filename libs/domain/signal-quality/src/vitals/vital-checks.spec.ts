import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { VITAL_SPECS, type VitalState, type VitalValue } from '../index.js';

import { calm, even, MINUTE, run, SECOND, specOf, START, told } from './vital-checks.fixture.js';

describe('one value after another', () => {
  it('finds nothing in calm values of any checked measure', () => {
    const centres: Readonly<Record<string, number>> = {
      'heart-rate': 70,
      'oxygen-saturation': 97,
      'respiratory-rate': 15,
      'systolic-pressure': 120,
      'diastolic-pressure': 75,
      'mean-pressure': 90,
      'body-temperature': 37,
      glucose: 110,
      'body-weight': 80,
      'insulin-bolus': 4,
    };
    expect(Object.keys(VITAL_SPECS).toSorted()).toEqual(Object.keys(centres).toSorted());
    for (const [name, centre] of Object.entries(centres)) {
      const spec = specOf(name as keyof typeof VITAL_SPECS);
      const verdicts = run(
        spec,
        even(
          [0, 0.1, 0, -0.1, 0.1, 0, 0.2, 0].map((d) => centre + d),
          MINUTE,
        ),
      );
      expect(verdicts.every(({ quality, reasons }) => quality === 0 && reasons.length === 0)).toBe(true);
    }
  });

  it('holds a spike back, accepts the next value, and leaves earlier verdicts alone', () => {
    const verdicts = run(specOf('heart-rate'), even([...calm, 120, 71, 70], 5 * SECOND));
    expect(told(verdicts).slice(-4)).toEqual(['0', '1 spike', '0', '0']);
  });

  it('accepts a jump when the next value confirms it', () => {
    const verdicts = run(specOf('heart-rate'), even([...calm, 170, 171, 170], 5 * SECOND));
    expect(told(verdicts).slice(-3)).toEqual(['1 spike', '0', '0']);
  });

  it('doubts a rate of more than 40/min per second', () => {
    const at = (x: number): string => told(run(specOf('heart-rate'), even([70, x], SECOND)))[1]!;
    expect(at(110)).toBe('0');
    expect(at(111)).toBe('1 rate-doubtful');
    expect(told(run(specOf('heart-rate'), even([70, 111], 2 * SECOND)))[1]).toBe('0');
  });

  it('distinguishes a fast glucose change from an impossible one', () => {
    const at = (x: number): string => told(run(specOf('glucose'), even([100, x], 5 * MINUTE)))[1]!;
    expect([at(80), at(79), at(50), at(49)]).toEqual(['0', '1 rate-doubtful', '1 rate-doubtful', '2 rate-impossible']);
  });

  it('finds a temperature that drifts too far in five minutes by small steps', () => {
    const verdicts = run(specOf('body-temperature'), even([37, 37.3, 37.6, 37.9, 38.2], MINUTE));
    expect(told(verdicts)).toEqual(['0', '0', '0', '0', '1 rate-doubtful']);
  });

  it('does not compare across a gap', () => {
    const spec = specOf('glucose');
    expect(told(run(spec, [...even([100], 1), { t: START + 31 * MINUTE, x: 600, quality: 0 }]))[1]).toBe(
      '0 above-sensor-range',
    );
  });

  it('doubts weight that changed its unit', () => {
    expect(told(run(specOf('body-weight'), even([80, 176.4], 7 * 24 * 60 * MINUTE)))[1]).toBe('1 unit-doubtful');
  });
});

describe('flat lines', () => {
  it('doubts the same glucose from the tenth time in 45 minutes, and not before', () => {
    const verdicts = run(
      specOf('glucose'),
      even(
        Array.from({ length: 12 }, () => 120),
        5 * MINUTE,
      ),
    );
    expect(told(verdicts).slice(8)).toEqual(['0', '1 flat-line', '1 flat-line', '1 flat-line']);
    const fast = run(
      specOf('glucose'),
      even(
        Array.from({ length: 40 }, () => 120),
        MINUTE,
      ),
    );
    expect(fast.every(({ quality }) => quality === 0)).toBe(true);
  });

  it('lets a sensor stay at the end of its range, and says so', () => {
    const verdicts = run(
      specOf('glucose'),
      even(
        Array.from({ length: 20 }, () => 39),
        5 * MINUTE,
      ),
    );
    expect(new Set(told(verdicts))).toEqual(new Set(['0 below-sensor-range']));
  });

  it('lets a saturation of 99 % stay', () => {
    const hours = Array.from({ length: 400 }, () => 99);
    const low = hours.map(() => 88);
    expect(run(specOf('oxygen-saturation'), even(hours, MINUTE)).every(({ quality }) => quality === 0)).toBe(true);
    expect(run(specOf('oxygen-saturation'), even(low, MINUTE)).at(-1)?.reasons).toEqual(['flat-line']);
  });
});

describe('what the sample says of itself', () => {
  const one = (name: keyof typeof VITAL_SPECS, value: Partial<VitalValue>): string =>
    told(run(specOf(name), [{ t: START, quality: 0, ...value }]))[0]!;

  it('knows the codes of a sensor that is off', () => {
    expect([0, 127, 255, 511].map((x) => one('oxygen-saturation', { x }))).toEqual(Array(4).fill('2 off-body'));
    expect([0, 255, 511].map((x) => one('heart-rate', { x }))).toEqual(Array(3).fill('2 off-body'));
    expect(one('heart-rate', { x: 127 })).toBe('0');
    expect(one('heart-rate', { x: 127, deviceStatus: 'off-body' })).toBe('2 off-body');
    expect(one('heart-rate', { deviceStatus: 'sensor-off' })).toBe('2 off-body');
  });

  it('says why a value is missing, impossible, or sent as bad', () => {
    expect(one('heart-rate', {})).toBe('2 value-missing');
    expect(one('heart-rate', { x: Number.NaN })).toBe('2 value-missing');
    expect(one('heart-rate', { x: 5000 })).toBe('2 impossible');
    expect(one('heart-rate', { x: 70, quality: 2 })).toBe('2 sent-as-bad');
    expect(one('heart-rate', { x: 70, t: Number.NaN })).toBe('2 time-invalid');
  });

  it('doubts a weak pulse and a status nobody knows', () => {
    expect(one('oxygen-saturation', { x: 95, perfusionIndex: 0.29 })).toBe('1 low-perfusion');
    expect(one('oxygen-saturation', { x: 95, perfusionIndex: 0.3 })).toBe('0');
    expect(one('oxygen-saturation', { x: 95, deviceStatus: 'E-17' })).toBe('1 status-unknown');
    expect(one('oxygen-saturation', { x: 95, deviceStatus: 'low-battery' })).toBe('0 low-battery');
  });

  it('a bad value is no neighbour of the next', () => {
    const spec = specOf('heart-rate');
    const verdicts = run(spec, even([...calm, 0, 255, 71], SECOND));
    expect(told(verdicts).slice(-3)).toEqual(['2 off-body', '2 off-body', '0']);
  });
});

describe('clocks', () => {
  it('doubts a value from the past and compares nothing with it', () => {
    const spec = specOf('heart-rate');
    const values = even([70, 71, 72], MINUTE);
    const late: VitalValue = { t: START - MINUTE, x: 150, quality: 0 };
    expect(told(run(spec, [...values, late, { t: START + 3 * MINUTE, x: 71, quality: 0 }]))).toEqual([
      '0',
      '0',
      '0',
      '1 time-reversed',
      '0',
    ]);
  });

  it('starts anew when a clock was set back for good', () => {
    const ahead: VitalValue = { t: START + 1e10, x: 70, quality: 0 };
    const verdicts = run(specOf('heart-rate'), [ahead, ...even([70, 71, 72, 70], MINUTE)]);
    expect(told(verdicts)).toEqual(['0', '1 time-reversed', '1 time-reversed', '1 clock-reset', '0']);
  });
});

describe('properties', () => {
  const anyNumber = fc.oneof(
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 0, 39, 127, 255),
    fc.integer({ min: 0, max: 300 }),
  );
  const anyValue: fc.Arbitrary<VitalValue> = fc.record(
    {
      t: fc.oneof(fc.integer({ min: START, max: START + 3_600_000 }), anyNumber),
      quality: fc.constantFrom(0 as const, 1 as const, 2 as const),
      x: anyNumber,
      perfusionIndex: anyNumber,
      deviceStatus: fc.constantFrom('ok', 'motion', 'off-body', '', '__proto__'),
    },
    { requiredKeys: ['t', 'quality'] },
  );
  const anySpec = fc.constantFrom(...Object.values(VITAL_SPECS));

  it('never throws; state and verdict survive JSON, are bounded, and never better than sent', () => {
    fc.assert(
      fc.property(anySpec, fc.array(anyValue, { maxLength: 60 }), (spec, values) => {
        for (const { state, quality, reasons } of run(spec, values)) {
          expect([0, 1, 2]).toContain(quality);
          expect(quality > 0 ? reasons.length : 1).toBeGreaterThan(0);
          expect(new Set(reasons).size).toBe(reasons.length);
          if (state === null) continue;
          expect(Object.values(state).length).toBeLessThanOrEqual(12);
          expect(Object.values(state).every(Number.isFinite)).toBe(true);
        }
        run(spec, values).forEach(({ quality }, i) => expect(quality).toBeGreaterThanOrEqual(values[i]!.quality));
      }),
      propertyRuns(100),
    );
  });

  it('gives the same whether values come at once or in batches over a state written as JSON', () => {
    fc.assert(
      fc.property(anySpec, fc.array(anyValue, { maxLength: 60 }), fc.nat(60), (spec, values, cut) => {
        const whole = run(spec, values);
        const first = run(spec, values.slice(0, cut));
        const kept = JSON.parse(JSON.stringify(first.at(-1)?.state ?? null)) as VitalState | null;
        expect(JSON.stringify([...first, ...run(spec, values.slice(cut), kept)])).toBe(JSON.stringify(whole));
      }),
      propertyRuns(100),
    );
  });

  it('rests on earlier values only: a verdict stays the same whatever follows', () => {
    fc.assert(
      fc.property(anySpec, fc.array(anyValue, { maxLength: 30 }), fc.array(anyValue), (spec, values, after) => {
        expect(run(spec, [...values, ...after]).slice(0, values.length)).toEqual(run(spec, values));
      }),
      propertyRuns(100),
    );
  });
});
