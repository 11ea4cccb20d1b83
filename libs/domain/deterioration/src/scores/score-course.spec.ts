import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { EMPTY_COURSE, recordScore, trendOf } from './score-course.js';

const HOUR = 3_600_000;

function courseOf(totals: ReadonlyArray<readonly [hour: number, total: number, complete?: boolean]>) {
  return totals.reduce(
    (course, [hour, total, complete = true]) => recordScore(course, hour * HOUR, total, complete),
    EMPTY_COURSE,
  );
}

describe('the course of totals', () => {
  it('has the slope of complete totals only', () => {
    const rising = courseOf([[0, 1], [1, 9, false], [2, 3], [4, 5]]); // oxfmt-ignore
    expect(trendOf(rising, 4 * HOUR).slopePerHour).toBeCloseTo(1, 12);
    expect(trendOf(courseOf([[0, 1], [4, 5]]), 4 * HOUR).slopePerHour).toBeUndefined(); // oxfmt-ignore
    expect(trendOf(courseOf([[0, 1], [1, 2], [3, 5]]), 3 * HOUR).slopePerHour).toBeUndefined(); // oxfmt-ignore
  });

  it('has the highest of a day and the time since the last complete set', () => {
    const course = courseOf([[0, 8], [0.5, 2], [10, 4, false], [30, 1, false]]); // oxfmt-ignore
    expect(trendOf(course, 11 * HOUR)).toEqual({ highest24h: 8, sinceFullMs: 10.5 * HOUR });
    expect(trendOf(course, 30 * HOUR)).toEqual({ highest24h: 4, sinceFullMs: 29.5 * HOUR });
    expect(trendOf(EMPTY_COURSE, 0)).toEqual({});
  });

  it('is bounded, survives JSON and does not depend on order', () => {
    const totals = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 20 * HOUR }), fc.integer({ min: 0, max: 20 })), {
      selector: ([t]) => t,
    });
    fc.assert(
      fc.property(totals, (entries) => {
        const fold = (list: typeof entries) =>
          list.reduce((course, [t, total]) => recordScore(course, t, total, total % 2 === 0), EMPTY_COURSE);
        const sorted = fold([...entries].sort(([a], [b]) => a - b));
        expect(fold(entries)).toEqual(sorted);
        expect(JSON.parse(JSON.stringify(sorted))).toEqual(sorted);
      }),
      propertyRuns(100),
    );
    let course = EMPTY_COURSE;
    for (let hour = 0; hour < 200; hour++) course = recordScore(course, hour * HOUR, 1, true);
    expect(course.hours).toHaveLength(25);
    expect(recordScore(course, Number.NaN, 1, true)).toBe(course);
  });
});
