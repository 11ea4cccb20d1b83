import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WireSample } from '#libs/contracts';
import { CATALOGUE } from '#libs/domain/quantities';
import { viewOf } from '#libs/domain/twin';
import { propertyRuns } from '#libs/testing/properties';
import { MINUTE, T0, Ward } from '#libs/testing/ward';
import { DEFAULT_CATALOGUE } from '../packs.js';

const [BOLUS, BASAL, CARBOHYDRATES] = [18, 19, 20] as const;

const dose = (c: number, minutes: number, x: number, id = `${c}@${minutes}`): WireSample => ({
  c,
  t: T0 + minutes * MINUTE,
  x,
  i: id,
});

function derivedAt(ward: Ward, minutes: number) {
  return viewOf(DEFAULT_CATALOGUE, ward.state, T0 + minutes * MINUTE).derived;
}
const insulinAt = (ward: Ward, minutes: number) => derivedAt(ward, minutes)['insulin-on-board'];
const mealAt = (ward: Ward, minutes: number) => derivedAt(ward, minutes)['carbohydrates-on-board'];

function wardWith(...samples: readonly WireSample[]): Ward {
  const ward = new Ward();
  for (const sample of samples) ward.send([sample]);
  return ward;
}

describe('insulin on board', () => {
  it('is absent for a person of whom no bolus is known, and never zero', () => {
    expect(insulinAt(wardWith(dose(CARBOHYDRATES, 0, 30)), 5)).toBeUndefined();
    expect(insulinAt(wardWith(dose(BASAL, 0, 1)), 5)).toBeUndefined();
  });

  it('falls from the whole dose to nothing along the published curve, as of the time that is asked', () => {
    const ward = wardWith(dose(BOLUS, 0, 4));
    const shown = [0, 10, 75, 180, 370].map((minutes) => insulinAt(ward, minutes));
    expect(shown[0]).toMatchObject({ value: 4, unit: '[IU]', effectiveAt: new Date(T0).toISOString() });
    // Oracle: the exponential curve with action 360 and peak 75 min, integrated by the midpoint rule.
    const tau = (75 * (1 - 75 / 360)) / (1 - 150 / 360);
    const activity = (t: number): number => t * (1 - t / 360) * Math.exp(-t / tau);
    const area = (until: number): number => {
      let sum = 0;
      for (let t = 0.05; t < until; t += 0.1) sum += activity(t) * 0.1;
      return sum;
    };
    for (const [index, minutes] of [10, 75, 180, 370].entries()) {
      const left = 4 * (1 - area(Math.min(360, minutes - 10)) / area(360));
      expect((shown[index + 1] as { value: number }).value).toBeCloseTo(left, 2);
    }
    expect(shown[2]).toMatchObject({ effectiveAt: new Date(T0 + 75 * MINUTE).toISOString() });
  });

  it('says how long doses are known, and what basal rates left on board', () => {
    const ward = wardWith(dose(BASAL, -600, 1), dose(BOLUS, 0, 4), dose(BASAL, 30, 0));
    expect(insulinAt(ward, 30)).toMatchObject({ parts: { historyHours: 10.5, basal: expect.closeTo(2, 0) } });
    const later = insulinAt(ward, 60) as { parts: Record<string, number> };
    expect(later.parts['basal']!).toBeLessThan((insulinAt(ward, 30) as typeof later).parts['basal']!);
    expect(insulinAt(wardWith(dose(BOLUS, 0, 4)), 30)).toMatchObject({ parts: { historyHours: 0.5 } });
  });

  it('is zero some hours after the last dose, and unknown after a day without a word', () => {
    const ward = wardWith(dose(BOLUS, 0, 4));
    expect(insulinAt(ward, 8 * 60)).toMatchObject({ value: 0 });
    expect(insulinAt(ward, 24 * 60 + 1)).toMatchObject({ refused: 'no-recent-insulin-history' });
  });

  it('counts a dose that was reported twice: too much on board is the safer error', () => {
    const ward = wardWith(dose(BOLUS, 0, 4), dose(BOLUS, 1, 4));
    expect(insulinAt(ward, 1)).toMatchObject({ value: 8 });
  });
});

describe('carbohydrates on board', () => {
  it('fall to nothing within a little over three hours', () => {
    const ward = wardWith(dose(CARBOHYDRATES, 0, 60));
    expect(mealAt(ward, 10)).toMatchObject({ value: 60, unit: 'g' });
    expect((mealAt(ward, 100) as { value: number }).value).toBeLessThan(40);
    expect(mealAt(ward, 190)).toMatchObject({ value: 0 });
    expect(mealAt(ward, 24 * 60 + 1)).toMatchObject({ refused: 'no-recent-meal-history' });
  });

  it('are absent where no meal is known', () => {
    expect(mealAt(wardWith(dose(BOLUS, 0, 4)), 5)).toBeUndefined();
  });
});

describe('doses that come in any order, are corrected and withdrawn', () => {
  interface Told {
    readonly id: number;
    readonly minutes: number;
    readonly x: number;
    readonly isWithdrawn: boolean;
  }
  const told = fc.record<Told>({
    id: fc.integer({ min: 0, max: 5 }),
    minutes: fc.integer({ min: 0, max: 300 }),
    x: fc.integer({ min: 0, max: 12 }),
    isWithdrawn: fc.boolean(),
  });

  it('leave what their newest versions say', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 12 }), (all) => {
        const versions = (one: Told): WireSample => ({
          ...dose(BOLUS, one.minutes, one.x, `dose-${one.id}`),
          ...(one.isWithdrawn ? { w: 1 as const } : {}),
        });
        const newest = [0, 1, 2, 3, 4, 5].flatMap((id) => all.findLast((one) => one.id === id) ?? []);
        const held = newest.filter(({ isWithdrawn }) => !isWithdrawn);
        const told = insulinAt(wardWith(...all.map(versions)), 310);
        const plain = insulinAt(wardWith(...held.map(versions)), 310);
        const valueOf = (shown: typeof told): number | undefined =>
          shown !== undefined && 'value' in shown ? shown.value : undefined;
        expect(valueOf(told)).toEqual(valueOf(plain));
      }),
      propertyRuns(60),
    );
  });

  it('are the same in any order and any cut', () => {
    const doses = fc.uniqueArray(
      fc.record({
        c: fc.constantFrom(BOLUS, BASAL, CARBOHYDRATES),
        minutes: fc.integer({ min: 0, max: 300 }),
        x: fc.integer({ min: 0, max: 12 }),
      }),
      { selector: ({ c, minutes }) => `${c} ${minutes}`, minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(doses, fc.array(fc.nat(), { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (all, order, cut) => {
        const samples = all.map(({ c, minutes, x }) => dose(c, minutes, x));
        const shuffled = samples.toSorted(
          (a, b) => (order[samples.indexOf(a)] ?? 0) - (order[samples.indexOf(b)] ?? 0),
        );
        const batches = new Ward();
        for (let i = 0; i < shuffled.length; i += cut) batches.send(shuffled.slice(i, i + cut));
        const { 'insulin-on-board': insulin, 'carbohydrates-on-board': meals } = derivedAt(batches, 320);
        const straight = derivedAt(wardWith(...samples.toSorted((a, b) => a.t - b.t)), 320);
        expect([insulin, meals]).toEqual([straight['insulin-on-board'], straight['carbohydrates-on-board']]);
      }),
      propertyRuns(60),
    );
  });

  it('remember at most a few hours, and the rate that still holds', () => {
    const ward = new Ward();
    for (let hour = 0; hour < 72; hour++)
      ward.send([dose(BOLUS, hour * 60, 1), ...(hour === 0 ? [dose(BASAL, 0, 1)] : [])]);
    const { memory } = ward.state.detectors['doses']!.now!;
    expect(JSON.stringify(memory).length).toBeLessThan(1500);
    expect(insulinAt(ward, 72 * 60)).toMatchObject({ parts: { basal: expect.closeTo(2, 0), historyHours: 72 } });
  });
});

describe('amounts and settings', () => {
  const CODES = CATALOGUE.filter(({ course }) => course !== undefined).map(({ number }) => number);

  it('are judged by no rule', () => {
    expect(CODES).toEqual([18, 19, 20, 21]);
    for (const rule of DEFAULT_CATALOGUE.rules)
      expect([rule.id, DEFAULT_CATALOGUE.codesOf(rule).filter((code) => CODES.includes(code))]).toEqual([rule.id, []]);
  });

  it('are missed by nobody when they stop', () => {
    const ward = new Ward();
    for (let i = 0; i < 6; i++) ward.send(CODES.map((code) => dose(code, i * 5, 3 + i)));
    expect(ward.tick(T0 + 600 * MINUTE).transitions).toEqual([]);
    const shown = viewOf(DEFAULT_CATALOGUE, ward.state, T0 + 600 * MINUTE).measures;
    expect(shown['insulin-basal-rate']).toMatchObject({ value: 8, stale: false });
    expect(shown['exercise-intensity']).toMatchObject({ stale: true });
  });
});
