import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge, measureByName, toCanonical } from '#libs/domain/quantities';
import { checkVital, VITAL_SPECS, type VitalState } from '#libs/domain/signal-quality';
import { propertyRuns } from '#libs/testing/properties';
import { SCRIPTS } from '../emergencies.js';
import { BEDS } from '../ward.js';
import { inRequests, pumpsSince } from './pump-history.js';
import { PUMP_BEDS, PumpPerson, type PumpSample } from './pump-person.js';
import { pumpTour } from './pump-screen.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-23T09:00:00Z');
const SINCE = pumpsSince(undefined, NOW);

const person = (index: number): PumpPerson => {
  const pump = PUMP_BEDS[index]!;
  return new PumpPerson(BEDS[pump.number - 1]!, pump, SINCE);
};
const of = (samples: readonly PumpSample[], code: string): readonly PumpSample[] =>
  samples.filter((sample) => sample.code === code);

describe.each(PUMP_BEDS.map(({ number }, index) => [number, index] as const))(
  'the person in bed %i',
  (number, index) => {
    const week = person(index).until(SINCE + 7 * 24 * HOUR);

    it('is driven by no emergency', () => {
      for (const { beds } of SCRIPTS) expect(beds).not.toContain(number);
    });

    it('lives a week without a low, and comes down from every meal', () => {
      const glucose = of(week, 'glucose').map(({ value }) => value);
      expect(glucose).toHaveLength((7 * 24 * 60) / 5 + 1);
      expect(Math.min(...glucose)).toBeGreaterThan(70);
      expect(Math.max(...glucose)).toBeLessThan(250);
      expect(new Set(glucose).size).toBeGreaterThan(50);
    });

    it('sends nothing that is refused or doubted', () => {
      const states = new Map<string, VitalState | null>();
      for (const { code, value, unit, effectiveAt } of week) {
        const measure = measureByName(code)!;
        expect(judge(measure, value)).toEqual({ verdict: 'good' });
        expect(toCanonical(measure, value, unit)).toEqual({ ok: true, value });
        const spec = VITAL_SPECS[measure.name];
        if (spec === undefined) continue;
        const { quality, state } = checkVital(spec, states.get(code) ?? null, {
          t: Date.parse(effectiveAt),
          x: value,
          quality: 0,
        });
        states.set(code, state);
        expect([code, effectiveAt, quality]).toEqual([code, effectiveAt, 0]);
      }
    });

    it('gets a bolus with every meal, one of them two hours before the ward opens', () => {
      const [meals, boluses] = [of(week, 'carbohydrate-intake'), of(week, 'insulin-bolus')];
      expect(boluses.map(({ effectiveAt }) => effectiveAt)).toEqual(meals.map(({ effectiveAt }) => effectiveAt));
      expect(boluses.every(({ value }) => value > 2 && value < 15)).toBe(true);
      expect(boluses.map(({ effectiveAt }) => effectiveAt)).toContain(new Date(NOW - 2 * HOUR).toISOString());
    });

    it('gives the same samples however the time is cut', () => {
      const whole = person(index).until(SINCE + 12 * HOUR);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 0, max: 12 * HOUR }), { maxLength: 6 }), (cuts) => {
          const cut = person(index);
          const parts = [...cuts.toSorted((a, b) => a - b), 12 * HOUR].flatMap((ms) => cut.until(SINCE + ms));
          expect(parts).toEqual(whole);
        }),
        propertyRuns(10),
      );
    });
  },
);

describe('the past of the people on pumps', () => {
  const lived = person(0).until(NOW);

  it('is sent whole and in order: the older hours at once, the newer reading by reading', () => {
    const requests = inRequests(lived, NOW);
    expect(requests.flat()).toEqual(lived);
    expect(requests.length).toBe(1 + (12 * 60) / 5 + 1);
    for (const samples of requests.slice(1)) expect(of(samples, 'glucose')).toHaveLength(1);
    expect(inRequests([], NOW)).toEqual([]);
  });

  it('begins where it began at the last start, unless that is long ago', () => {
    expect(NOW - SINCE).toBe(36 * HOUR);
    expect(pumpsSince(NOW - 50 * HOUR, NOW)).toBe(NOW - 50 * HOUR);
    expect(pumpsSince(NOW - 400 * HOUR, NOW)).toBe(SINCE);
    expect(pumpsSince(NOW + HOUR, NOW)).toBe(SINCE);
  });

  it('ends in a question that can be pasted: what if the bolus had been 30 % less', () => {
    const bolus = of(lived, 'insulin-bolus').at(-1)!;
    const tour = pumpTour({ url: 'http://x', token: 't', patient: 'p', label: 'Bed 4', bolus });
    const line = tour.split('\n').find((one) => one.includes('/scenarios'))!;
    const body = JSON.parse(/-d '(.*)' http/.exec(line)![1]!) as { arms: readonly { changes?: readonly object[] }[] };
    expect(body.arms[1]!.changes).toEqual([expect.objectContaining({ kind: 'scale', of: 'insulin-bolus', by: 0.7 })]);
    expect(tour).toContain('faster than the clock');
  });
});
