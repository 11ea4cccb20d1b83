import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { quantilesOf } from '#libs/domain/forecasting';
import { ageBand, groupScores, MIN_PEOPLE, OTHER, tallyOf, type PersonalTally } from '../index.js';

function tally(error: number) {
  const point = {
    minutes: 30,
    mean: 100 + error,
    quantiles: quantilesOf(() => 100 + error),
    baselines: { persistence: 100, 'population-mean': 100 },
  };
  const head = {
    issuedAt: 0,
    dataUntil: 0,
    inputs: [],
    parameters: 'population',
    modelVersion: '1',
    decimals: 1,
  } as const;
  const forecast = { ...head, points: [point], status: 'active' } as const;
  return tallyOf([{ version: 1, recordedAt: 0, forecast, truths: [{ t: 0, x: 100, version: 1 }] }]);
}

function of(person: string, group: string, error = 1): PersonalTally {
  return { person, group, model: 'm', code: 9, tally: tally(error) };
}

const people = (n: number, group: string, error = 1): PersonalTally[] =>
  Array.from({ length: n }, (_, i) => of(`${group}-${i}`, group, error));

describe('scores of groups', () => {
  it('are of all pairs of the people in them', () => {
    const scores = groupScores([of('a', 'x', 3), of('b', 'x', -4), of('c', 'y', 1)]);
    expect(scores.map(({ group, n, rmse, bias }) => [group, n, rmse, bias])).toEqual([
      ['x', 2, Math.sqrt(12.5), -0.5],
      ['y', 1, 1, 1],
    ]);
  });

  it('fold groups of fewer than eleven people into one', () => {
    const all = [...people(MIN_PEOPLE, 'female'), ...people(MIN_PEOPLE - 1, 'male'), ...people(3, 'unknown')];
    const scores = groupScores(all, MIN_PEOPLE);
    expect(scores.map(({ group, n }) => [group, n])).toEqual([
      ['female', 11],
      [OTHER, 13],
    ]);
  });

  it('count a person once, however many tallies it has', () => {
    const all = Array.from({ length: 30 }, () => of('one', 'male'));
    expect(groupScores(all, MIN_PEOPLE)).toMatchObject([{ group: OTHER, n: 30 }]);
  });

  it('lose no pair in folding', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.constantFrom('a', 'b', 'c')), { maxLength: 60 }), (all) => {
        const scores = groupScores(
          all.map(([person, group]) => of(`${person}${group}`, group)),
          MIN_PEOPLE,
        );
        expect(scores.reduce((sum, { n }) => sum + n, 0)).toBe(all.length);
      }),
      propertyRuns(100),
    );
  });
});

describe('ageBand', () => {
  it.each([
    [null, 'unknown'],
    [-1, 'unknown'],
    [0.5, '0-6'],
    [17.9, '7-17'],
    [18, '18-39'],
    [64.9, '40-64'],
    [65, '65-79'],
    [101, '80-'],
  ])('of %p years is %s', (years, band) => {
    expect(ageBand(years)).toBe(band);
  });
});
