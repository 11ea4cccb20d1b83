import { describe, expect, it } from '@jest/globals';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { searchValuesOf } from '../extract/search-values-of.js';
import { parseSearch } from '../query/parse-search.js';
import type { Prefix } from '../query/search-query.js';
import { matches } from './matches.js';

/** An age of onset as it is stored, in years, and which numbers it may be. */
type Stored = readonly [name: string, onset: object, mayBe: (age: number) => boolean];

const YEARS = { system: 'http://unitsofmeasure.org', code: 'a' };
const age = (value: number, comparator?: string): object => ({
  onsetAge: { value, ...(comparator === undefined ? {} : { comparator }), ...YEARS },
});
const range = (limits: Readonly<Record<string, number>>): object => ({
  onsetRange: Object.fromEntries(Object.entries(limits).map(([end, value]) => [end, { value, ...YEARS }])),
});

const STORED: readonly Stored[] = [
  ...[-10, 0, 0.1, 10].flatMap((value): Stored[] => [
    [`${value}`, age(value), (one) => one === value],
    [`< ${value}`, age(value, '<'), (one) => one < value],
    [`<= ${value}`, age(value, '<='), (one) => one <= value],
    [`>= ${value}`, age(value, '>='), (one) => one >= value],
    [`> ${value}`, age(value, '>'), (one) => one > value],
  ]),
  ['10 to 20', range({ low: 10, high: 20 }), (one) => one >= 10 && one <= 20],
  ['from 10', range({ low: 10 }), (one) => one >= 10],
  ['to 10', range({ high: 10 }), (one) => one <= 10],
];

/** R4 search.html#prefix, said of each number that the stored value may be. `margin`: half of what the last digit of the request means. */
const BY_NUMBERS: Readonly<Record<Prefix, (stored: readonly number[], value: number, margin: number) => boolean>> = {
  eq: (stored, value, margin) => stored.every((one) => one >= value - margin && one < value + margin),
  ne: (stored, value, margin) => !BY_NUMBERS.eq(stored, value, margin),
  gt: (stored, value) => stored.some((one) => one > value),
  lt: (stored, value) => stored.some((one) => one < value),
  ge: (stored, value) => stored.some((one) => one >= value),
  le: (stored, value) => stored.some((one) => one <= value),
  sa: (stored, value) => stored.every((one) => one > value),
  eb: (stored, value) => stored.every((one) => one < value),
  ap: (stored, value) => stored.some((one) => Math.abs(one - value) <= Math.abs(value) / 10 + 1e-12),
};
const PREFIXES = Object.keys(BY_NUMBERS) as Prefix[];

const SEARCHED: readonly (readonly [text: string, margin: number])[] = [
  ['-10', 0.5],
  ['0', 0.5],
  ['0.1', 0.05],
  ['9.9', 0.05],
  ['10', 0.5],
  ['10.0', 0.05],
  ['11', 0.5],
  ['20', 0.5],
];

/** Numbers at and beside all ends that there are, and far from them. */
const NUMBERS = [-11, -10, -9, 0, 0.09, 0.1, 0.11, 8.91, 9, 9.9, 10, 11, 12.1, 18, 20, 22]
  .flatMap((one) => [one - 1e-9, one, one + 1e-9])
  .concat(-1e6, -5, 0.01, 15, 1e6);

function isFound(onset: object, value: string): boolean {
  const parsed = parseJson(JSON.stringify({ resourceType: 'Condition', ...onset }));
  if (!parsed.ok) throw new Error(parsed.error.diagnostics);
  const resource = parsed.value as JsonObject;
  const options = { handling: 'strict', maxCount: 1, defaultCount: 1, ownBases: [] } as const;
  const read = parseSearch('Condition', [{ name: 'onset-age', value }], options);
  if (read.kind !== 'ok') throw new Error(read.issues[0]?.diagnostics);
  return matches(resource, searchValuesOf(resource), read.query.conditions) === 'yes';
}

describe.each(['', '|http://unitsofmeasure.org|a', '||a'])('a search for a number%s', (unit) => {
  it.each(STORED)('finds %s by each prefix when one of its numbers, or all of them, are so', (_, onset, mayBe) => {
    const numbers = NUMBERS.filter(mayBe);
    const searches = SEARCHED.flatMap(([text, margin]) =>
      PREFIXES.map((prefix) => ({
        search: `${prefix}${text}${unit}`,
        isFound: BY_NUMBERS[prefix](numbers, Number(text), margin),
      })),
    );
    expect(searches.map(({ search }) => ({ search, isFound: isFound(onset, search) }))).toEqual(searches);
  });
});

it.each([
  ['gt11', true],
  ['gt12', false],
  ['ge12', false],
  ['eb12', true],
  ['eb11', false],
  ['le12', true],
])('an open end is open in another unit, too: %s months finds less than a year: %s', (search, isThere) => {
  expect(isFound(age(1, '<'), `${search}|http://unitsofmeasure.org|mo`)).toBe(isThere);
});
