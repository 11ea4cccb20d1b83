import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ABSORPTION_SHAPES } from './absorption.js';
import { carbohydrateEffect, type CarbohydrateEntry } from './carbohydrates-on-board.js';
import {
  observedMeals,
  type Counteraction,
  type ObservationOptions,
  type ObservedMeal,
} from './observed-absorption.js';
import { observedEffect, observedOnBoard } from './observed-on-board.js';

/** Fixtures of LoopKit/LoopAlgorithm and LoopKit/LoopKit (MIT); the project stands without them. */
const DATA = process.env['HOMEOSTAT_DATA'] ?? '../shared/data';
const TOLERANCE = 2e-7;

type Row = Readonly<Record<string, unknown>>;

function rowsOf(file: string): readonly Row[] {
  return JSON.parse(readFileSync(join(DATA, file), 'utf8')) as Row[];
}

function timeOf(text: unknown): number {
  return Date.parse(String(text).replace(/Z?$/, 'Z'));
}

function entriesOf(file: string): readonly CarbohydrateEntry[] {
  return rowsOf(file).map((row) => ({
    t: timeOf(row['start_at']),
    grams: Number(row['amount']),
    ...(row['absorption_time'] === undefined ? {} : { absorptionMinutes: Number(row['absorption_time']) }),
  }));
}

function counteractionsOf(file: string): readonly Counteraction[] {
  return rowsOf(file).map((row) => {
    const [from, until] = [timeOf(row['start_at']), timeOf(row['end_at'])];
    return { from, until, effect: (Number(row['velocity']) * (until - from)) / 60_000 };
  });
}

function points(file: string): readonly { readonly t: number; readonly value: number }[] {
  return rowsOf(file).map((row) => ({ t: timeOf(row['date']), value: Number(row['amount']) }));
}

function meals(entry: number, input: string, options: Partial<ObservationOptions>): readonly ObservedMeal[] {
  const entries = entriesOf('loop_algorithm/carb_entry_input.json');
  return observedMeals([entries[entry]!], counteractionsOf(`loop_algorithm/${input}.json`), {
    perGram: 40 / 8,
    ...options,
  });
}

const { linear, parabolic } = ABSORPTION_SHAPES;
const TWICE = { shape: linear, firstOverrun: 2 };
const recordings =
  existsSync(join(DATA, 'loop_algorithm')) && existsSync(join(DATA, 'loopkit')) ? describe : describe.skip;

recordings('carbohydrates of Loop', () => {
  it('have the effect of a history, at 5 mg/dL per g', () => {
    const entries = entriesOf('loopkit/CarbKit/carb_effect_from_history_input.json');
    for (const { t, value } of points('loopkit/CarbKit/carb_effect_from_history_output.json'))
      expect(Math.abs(carbohydrateEffect(entries, t, 5, { shape: parabolic }) - value)).toBeLessThan(TOLERANCE);
  });

  it.each<[string, string, number, Partial<ObservationOptions>, number, string]>([
    ['nothing is seen of', 'ice_35_min_input', 2, TWICE, 4 * 60, 'ice_35_min_none_output'],
    ['a part is seen of', 'ice_35_min_input', 0, TWICE, 8509 / 60, 'ice_35_min_partial_output'],
    ['all is seen of', 'ice_1_hour_input', 0, { ...TWICE, overrun: 2 }, 0, 'ice_1_hour_output'],
    [
      'little is seen of',
      'ice_slow_absorption',
      1,
      { ...TWICE, overrun: 2, delayMinutes: 0 },
      10488 / 60,
      'ice_slow_absorption_output',
    ],
    ['nothing, piecewise, is seen of', 'ice_35_min_input', 2, {}, 180, 'ice_35_min_none_piecewiselinear_output'],
    [
      'a part, piecewise, is seen of',
      'ice_35_min_input',
      0,
      {},
      7008 / 60,
      'ice_35_min_partial_piecewiselinear_output',
    ],
    ['all, piecewise, is seen of', 'ice_1_hour_input', 0, {}, 0, 'ice_1_hour_output'],
    [
      'little, piecewise, is seen of',
      'ice_slow_absorption',
      1,
      { delayMinutes: 0 },
      6888 / 60,
      'ice_slow_absorption_piecewiselinear_output',
    ],
    [
      'a part, at its own pace, is seen of',
      'ice_35_min_input',
      0,
      { delayMinutes: 0, firstOverrun: 1, isAdaptive: true },
      3326 / 60,
      'ice_35_min_partial_piecewiselinear_adaptiverate_output',
    ],
  ])(
    'are on board as in the fixture where %s the meal (%s, entry %i)',
    (_, input, entry, options, remaining, output) => {
      const seen = meals(entry, input, options);
      expect(Math.abs(seen[0]!.minutesRemaining - remaining)).toBeLessThan(1 / 60);
      const expected = points(`loop_algorithm/${output}.json`);
      expect(expected.length).toBeGreaterThan(50);
      for (const { t, value } of expected)
        expect(Math.abs(observedOnBoard(seen, t, { delayMinutes: 10 }) - value)).toBeLessThan(TOLERANCE);
    },
  );

  it.each<[string, string, number, Partial<ObservationOptions>, number, number]>([
    ['none_observed', 'ice_35_min_input', 2, { ...TWICE, perGram: 40 / 9 }, 40 / 9, 0],
    ['partially_observed', 'ice_35_min_input', 0, TWICE, 5, 10],
    ['fully_observed', 'ice_1_hour_input', 0, { shape: linear }, 5, 10],
    ['never_fully_observed', 'ice_slow_absorption', 1, { ...TWICE, overrun: 2, delayMinutes: 0 }, 5, 10],
  ])('have the effect of the fixture %s (%s, entry %i)', (name, input, entry, options, perGram, delayMinutes) => {
    const seen = meals(entry, input, options);
    for (const { t, value } of points(`loop_algorithm/dynamic_glucose_effect_${name}_output.json`))
      expect(Math.abs(observedEffect(seen, t, { perGram, delayMinutes }) - value)).toBeLessThan(TOLERANCE);
  });
});

describe('observed meals', () => {
  const T = 60_000;
  const perGram = 4;

  it('are absorbed by what glucose rises beyond insulin', () => {
    const rises = Array.from({ length: 6 }, (_, i) => ({ from: i * 5 * T, until: (i + 1) * 5 * T, effect: 10 }));
    const [meal] = observedMeals([{ t: 0, grams: 30 }], rises, { perGram });
    expect(meal!.observedGrams).toBeCloseTo(15, 9);
    expect(observedOnBoard([meal!], 30 * T, { delayMinutes: 10 })).toBeCloseTo(15, 9);
    expect(observedEffect([meal!], 30 * T, { perGram, delayMinutes: 10 })).toBeCloseTo(60, 9);
  });

  it('are gone when nothing was eaten', () => {
    const [meal] = observedMeals([{ t: 0, grams: 0 }], [{ from: 0, until: 5 * T, effect: 3 }], { perGram });
    expect(meal!.minutesRemaining).toBeGreaterThanOrEqual(0);
    expect(observedOnBoard([meal!], 60 * T, { delayMinutes: 10 })).toBe(0);
  });

  it('share a rise by the pace of each', () => {
    const rises = [{ from: 20 * T, until: 25 * T, effect: 12 }];
    const both = observedMeals(
      [
        { t: 0, grams: 30 },
        { t: 10 * T, grams: 30 },
      ],
      rises,
      { perGram },
    );
    expect(both[0]!.observedGrams + both[1]!.observedGrams).toBeCloseTo(3, 9);
    expect(both[0]!.observedGrams).toBeGreaterThan(both[1]!.observedGrams);
  });
});
