import { expect, it } from '@jest/globals';
import { newestOfEachCode } from './last-of-codes.js';

const coded = (...codes: readonly string[]): string =>
  JSON.stringify({ coding: codes.map((code) => ({ system: 's', code })) });

it.each<[string, number, readonly [string, string | null][], readonly string[]]>([
  [
    'one of each code',
    1,
    [
      ['1', coded('a')],
      ['2', coded('b')],
      ['3', coded('a')],
    ],
    ['1', '2'],
  ],
  [
    'two of each, code by code',
    2,
    [
      ['1', coded('a')],
      ['2', coded('b')],
      ['3', coded('a')],
      ['4', coded('a')],
    ],
    ['1', '3', '2'],
  ],
  [
    'codes that share a coding',
    1,
    [
      ['1', coded('a', 'b')],
      ['2', coded('b', 'c')],
      ['3', coded('c')],
    ],
    ['1'],
  ],
  [
    'texts',
    1,
    [
      ['1', '{"text":"x"}'],
      ['2', '{"text":"y"}'],
      ['3', '{"text":"x"}'],
    ],
    ['1', '2'],
  ],
  [
    'none',
    1,
    [
      ['1', null],
      ['2', 'null'],
    ],
    ['1'],
  ],
])('takes %s', (_, max, rows, ids) => {
  expect(
    newestOfEachCode(
      rows.map(([id, code]) => ({ id, code })),
      max,
    ),
  ).toEqual(ids);
});
