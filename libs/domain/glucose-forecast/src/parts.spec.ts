import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { Matrix, solve } from 'ml-matrix';
import { INSULIN_CURVES, remainingShare } from '#libs/domain/physiology';
import { actionOf, given, INSULIN, meanRate } from './features/doses.js';
import { FEATURE_NAMES, featuresOf } from './features/features.js';
import { historyAt } from './features/history.js';
import { EMPTY, type Reading } from './memory/memory.js';
import { keyOf, retained } from './memory/entries.js';
import { sumOf } from './model/trees.js';
import { STRANGER, type Person } from './person/person.js';
import { correctionOf, summed } from './person/regression.js';

const MINUTE = 60_000;
const readings = (...values: readonly (readonly [minutes: number, mgdl: number])[]): readonly Reading[] =>
  values.map(([minutes, x]) => ({ k: String(minutes), t: minutes * MINUTE, x, s: 'a', q: 0 }));

describe('historyAt', () => {
  it('reads lags off the line between readings of 15 min', () => {
    const all = readings([0, 100], [15, 130], [30, 160]);
    const { lags, minutes, count } = historyAt(all, 2);
    expect(Array.from(lags.subarray(0, 7))).toEqual([160, 150, 140, 130, 120, 110, 100]);
    expect(minutes).toBe(30);
    expect(count).toBe(3);
    // Nothing before: the oldest known value.
    expect(lags[24]).toBe(100);
  });

  it('ends at a gap over 20 min', () => {
    const { minutes, lags } = historyAt(readings([0, 90], [25, 100], [30, 105], [35, 110]), 3);
    expect(minutes).toBe(10);
    expect(lags[24]).toBe(100);
  });
});

describe('doses', () => {
  it('act as the insulin curve says', () => {
    const curve = INSULIN_CURVES['rapid-acting-adult'];
    const share = (minutes: number): number => remainingShare(curve, minutes);
    const { onBoard, past, ahead } = actionOf([{ k: 'a', t: 0, x: 4 }], INSULIN, 90 * MINUTE);
    expect(onBoard).toBeCloseTo(4 * share(90), 6);
    expect(past).toBeCloseTo(4 * (share(60) - share(90)), 6);
    expect(ahead[2]).toBeCloseTo(4 * (share(90) - share(150)), 6);
  });

  it('sum up within their minutes; those of the next 15 min count, later ones do not', () => {
    const doses = [0, 50, 65, 90].map((minutes) => ({ k: `${minutes}`, t: minutes * MINUTE, x: 1 }));
    expect(given(doses, 60 * MINUTE, 30)).toBe(2);
    expect(actionOf(doses, INSULIN, 60 * MINUTE).onBoard).toBeCloseTo(
      actionOf(doses.slice(0, 3), INSULIN, 60 * MINUTE).onBoard,
      9,
    );
  });

  it('have a mean rate only where a rate is known throughout', () => {
    const rates = [
      { k: 'a', t: 0, x: 1 },
      { k: 'b', t: 15 * MINUTE, x: 2 },
    ];
    expect(meanRate(rates, 30 * MINUTE, 30)).toBeCloseTo(1.5, 12);
    expect(meanRate(rates, 30 * MINUTE, 60)).toBeNaN();
    expect(meanRate(rates, 200 * MINUTE, 30)).toBeNaN();
  });

  it('are unknown features where none was recorded', () => {
    const history = historyAt(readings([0, 100], [15, 110], [30, 120]), 2);
    const { values } = featuresOf(history, EMPTY, STRANGER);
    expect(values.length).toBe(FEATURE_NAMES.length);
    for (const [i, name] of FEATURE_NAMES.entries())
      expect([name, Number.isNaN(values[i]!)]).toEqual([name, /insulin|bolus|carbohydrates|basal/.test(name)]);
  });
});

describe('sumOf', () => {
  it('sends what is unknown, or at the limit, to the left', () => {
    const trees = { depth: 1, outputs: 2, features: [0], limits: [5], leaves: [1, 2, 30, 40], unit: 0.1 };
    const at = (x: number): readonly number[] => [...sumOf(trees, Float64Array.of(x))];
    expect(at(5)).toEqual([0.1, 0.2]);
    expect(at(Number.NaN)).toEqual([0.1, 0.2]);
    expect(at(5.1)).toEqual([3, 4]);
  });
});

describe('the correction of a person', () => {
  it('is ridge regression, as a general solver has it', () => {
    const terms = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(terms, { minLength: 1, maxLength: 20 }), terms, (rows, now) => {
        const targets = rows.map((row) => 4 * row[0]! - row[2]! + 1);
        let person: Person = STRANGER;
        for (const [i, row] of rows.entries())
          person = { ...person, ...summed(person, Float64Array.from(row), new Float64Array(6).fill(targets[i]!)) };
        const x = new Matrix(rows);
        const products = x
          .transpose()
          .mmul(x)
          .add(Matrix.eye(3, 3, 10));
        const slopes = solve(products, x.transpose().mmul(Matrix.columnVector(targets))).to1DArray();
        const expected = slopes.reduce((sum, slope, j) => sum + slope * now[j]!, 0);
        // What is stored forgets half in 30 days, and is rounded.
        expect(Math.abs(correctionOf(person, 10, Float64Array.from(now))[3]! - expected)).toBeLessThan(0.2);
      }),
      propertyRuns(100),
    );
  });

  it('is none for a stranger', () => {
    expect([...correctionOf(STRANGER, 10, Float64Array.of(1, 2))]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('entries', () => {
  it('are told apart by the identity, shortened where it is a UUID', () => {
    expect(keyOf('01234567-89ab-8def-8000-000000000000')).toBe('0123456789ab');
    expect(keyOf('meal-1')).toBe('meal-1');
  });

  it('keep the one that held when the window began, until it is too old', () => {
    const entries = [1, 2, 3].map((t) => ({ k: `${t}`, t, x: 0 }));
    expect(retained(entries, { from: 2, count: 9, last: 0 }).map(({ t }) => t)).toEqual([1, 2, 3]);
    expect(retained(entries, { from: 2, count: 9, last: 2 }).map(({ t }) => t)).toEqual([2, 3]);
    expect(retained(entries, { from: 3, count: 9, last: 0 }).map(({ t }) => t)).toEqual([2, 3]);
    expect(retained(entries, { from: 10, count: 9, last: 0 }).map(({ t }) => t)).toEqual([3]);
    expect(retained(entries, { from: 10, count: 9, last: 5 })).toEqual([]);
    expect(retained(entries, { from: 0, count: 2, last: 0 }).map(({ t }) => t)).toEqual([2, 3]);
  });
});
