import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { Prefix } from '../query/search-query.js';
import { dateMatches, numberMatches } from './prefixes.js';

/** R4's sentences on prefixes, said of the single instants of periods. */
const byInstants: Readonly<Record<Prefix, (element: readonly number[], search: readonly number[]) => boolean>> = {
  eq: (element, search) => element.every((one) => search.includes(one)),
  ne: (element, search) => !element.every((one) => search.includes(one)),
  gt: (element, search) => element.some((one) => search.every((other) => one > other)),
  lt: (element, search) => element.some((one) => search.every((other) => one < other)),
  ge: (element, search) => byInstants.gt(element, search) || byInstants.eq(element, search),
  le: (element, search) => byInstants.lt(element, search) || byInstants.eq(element, search),
  sa: (element, search) => element.every((one) => search.every((other) => one > other)),
  eb: (element, search) => element.every((one) => search.every((other) => one < other)),
  ap: (element, search) => element.some((one) => search.includes(one)),
};

describe('prefixes', () => {
  const prefixes = Object.keys(byInstants) as Prefix[];
  const period = fc
    .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4 }))
    .map(([from, length]) => ({ from, to: from + length }));
  const instants = ({ from, to }: { from: number; to: number }): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('of dates compare periods as R4 says it of their instants', () => {
    fc.assert(
      fc.property(period, period, fc.constantFrom(...prefixes), (element, search, prefix) => {
        const expected = byInstants[prefix](instants(element), instants(search));
        expect(dateMatches(element, { prefix, ...search })).toBe(expected);
      }),
      propertyRuns(1000),
    );
  });

  it.each<[Prefix, number, boolean]>([
    ['eq', 99.5, true],
    ['eq', 100.5, false],
    ['ne', 100.5, true],
    ['ap', 90, true],
    ['ap', 110, true],
    ['ap', 110.1, false],
  ])('of numbers %s: the range of 100 has %p in it: %p', (prefix, element, expected) => {
    const range = prefix === 'ap' ? { low: 90, high: 110 } : { low: 99.5, high: 100.5 };
    expect(numberMatches({ low: element, high: element }, { prefix, value: 100, ...range })).toBe(expected);
  });

  /** "Greater or equal to the provided value": said of a number, and not of a period, that value is in the range above it. */
  const byNumbers = {
    ...byInstants,
    ge: (element: readonly number[], [value = 0]: readonly number[]) => element.some((one) => one >= value),
    le: (element: readonly number[], [value = 0]: readonly number[]) => element.some((one) => one <= value),
  };

  it('of numbers compare ranges with the number itself, but for eq, ne and ap', () => {
    fc.assert(
      fc.property(
        period,
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom(...prefixes),
        ({ from, to }, value, prefix) => {
          // The precision of a whole number leaves no other whole number in its range.
          const expected = byNumbers[prefix](instants({ from, to }), [value]);
          expect(numberMatches({ low: from, high: to }, { prefix, value, low: value - 0.5, high: value + 0.5 })).toBe(
            expected,
          );
        },
      ),
      propertyRuns(1000),
    );
  });
});
