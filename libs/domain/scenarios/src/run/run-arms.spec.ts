import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuse } from '#libs/domain/forecasting';
import { propertyRuns } from '#libs/testing/properties';
import type { Meal, PersonInputs } from '../inputs/person-inputs.js';
import { armsOf } from './run-arms.js';

const MINUTE = 60_000;

const eating = (carbohydrates: readonly Meal[], units = 0): PersonInputs => ({
  boluses: units === 0 ? [] : [{ t: 0, units }],
  basal: [],
  carbohydrates,
  exercise: [],
});
const gramsOf = ({ carbohydrates }: PersonInputs): number => carbohydrates.reduce((sum, { grams }) => sum + grams, 0);

/** A model by which each meal on another one lowers glucose. */
const simulate = (inputs: PersonInputs) => ({
  minutes: [0, 5],
  paths: [Float64Array.of(100, 100 + gramsOf(inputs) - 50 * Math.max(0, inputs.carbohydrates.length - 1))],
});

const lastOf = (arms: ReturnType<typeof armsOf>, index: number): number => {
  const arm = arms.run(index);
  if ('kind' in arm) throw new Error(arm.message);
  return arm.paths[0]![1]!;
};

describe('arms of a scenario', () => {
  const meal = { t: 0, grams: 40 };
  const snack = { t: 60 * MINUTE, grams: 10 };

  it('with more carbohydrates and else the same lie at or above one another, wherever they stand in the request', () => {
    const both = eating([meal, snack]);
    for (const all of [
      [both, eating([meal]), eating([])],
      [eating([]), eating([meal]), both],
    ]) {
      const arms = armsOf(all, simulate);
      expect(arms.areOrdered).toBe(true);
      expect(all.map((_, index) => lastOf(arms, index)).toSorted((a, b) => a - b)).toEqual([100, 140, 140]);
    }
  });

  it('are as the model has them where another dose, or another meal, makes the difference', () => {
    const arms = armsOf([eating([meal, snack], 2), eating([meal]), eating([snack])], simulate);
    expect([0, 1, 2].map((index) => lastOf(arms, index))).toEqual([100, 140, 110]);
    expect(arms.areOrdered).toBe(false);
  });

  it('are each simulated once, and refused where one that bounds them is', () => {
    let runs = 0;
    const all = [1, 2, 3, 4].map((meals) =>
      eating(Array.from({ length: meals }, (_, i) => ({ t: i * MINUTE, grams: 5 }))),
    );
    const arms = armsOf(all, (inputs) => {
      runs += 1;
      return simulate(inputs);
    });
    for (const index of all.keys()) arms.run(all.length - 1 - index);
    expect(runs).toBe(4);
    const refusing = armsOf(all, (inputs) =>
      gramsOf(inputs) === 5 ? refuse('outside-domain', 'No.') : simulate(inputs),
    );
    expect(refusing.run(3)).toMatchObject({ reason: 'outside-domain' });
  });

  it('never fall by more carbohydrates, whatever the meals', () => {
    const meals = fc.array(
      fc.record({ t: fc.integer({ min: 0, max: 3 }).map((n) => n * MINUTE), grams: fc.integer({ min: 1, max: 60 }) }),
      {
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(meals, meals, (some, more) => {
        const arms = armsOf([eating([...some, ...more]), eating(some)], simulate);
        expect(lastOf(arms, 0)).toBeGreaterThanOrEqual(lastOf(arms, 1));
      }),
      propertyRuns(100),
    );
  });
});
