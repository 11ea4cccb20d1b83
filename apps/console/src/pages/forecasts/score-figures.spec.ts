import { describe, expect, it } from '@jest/globals';
import { byHorizon, codesOf, scoreCells, type Score } from './score-figures.js';

const score: Score = {
  group: 'all',
  code: 'glucose',
  model: 'glucose-forecast',
  minutes: 30,
  n: 200,
  unscored: 3,
  rmse: 18,
  mae: 12,
  bias: -0.5,
  crps: 8,
  coverage: { '0.5': 0.51, '0.8': 0.79, '0.95': 0.94 },
  skill: { persistence: 0.3, 'population-mean': 0.6 },
  zones: { clarke: { A: 150, B: 40, C: 0, D: 10, E: 0 }, parkes: { A: 0, B: 0, C: 0, D: 0, E: 0 } },
};

describe('scores by horizon', () => {
  it('are a line for each model and group, in the order of the horizons, with holes where there is no score', () => {
    const scores: Score[] = [
      { ...score, minutes: 60, rmse: 25 },
      score,
      { ...score, group: '65-79', rmse: 16 },
      { ...score, model: 'other', n: 0, rmse: null },
    ];
    expect(byHorizon(scores, 'Minutes', ({ rmse }) => rmse)).toEqual({
      axis: 'Minutes',
      series: ['glucose-forecast', 'glucose-forecast, 65-79', 'other'],
      rows: [
        { place: 30, values: [18, 16, null] },
        { place: 60, values: [25, null, null] },
      ],
    });
  });

  it('are complete in the table', () => {
    expect(scoreCells(score)).toEqual([
      'glucose-forecast',
      'all',
      30,
      200,
      3,
      0.3,
      0.6,
      0.51,
      0.79,
      0.94,
      18,
      12,
      -0.5,
      8,
      0.95,
      null,
    ]);
    const empty: Score = { ...score, n: 0, rmse: null, mae: null, bias: null, crps: null, coverage: null, skill: null };
    expect(scoreCells(empty).slice(5, 14)).toEqual(Array.from({ length: 9 }, () => null));
  });

  it('begin with the measure that has the most pairs', () => {
    expect(
      codesOf([
        { ...score, n: 5 },
        { ...score, code: 'heart-rate', n: 4 },
        { ...score, code: 'heart-rate', n: 4 },
      ]),
    ).toEqual(['heart-rate', 'glucose']);
  });
});
