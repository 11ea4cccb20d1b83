import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { decodeCursor, encodeCursor, type ListOf } from './list-cursor.js';
import { Problem } from './problem.js';

const Place = z.object({ at: z.number(), id: z.string() });
const LIST: ListOf = { list: 'measurements', tenant: 7, of: 'p1' };
const PLACE = { at: 1_700_000_000_000, id: 'a' };
const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const moved = (place: unknown): string => {
  const [check] = JSON.parse(Buffer.from(encodeCursor(LIST, PLACE), 'base64url').toString()) as [string];
  return text([check, place]);
};

describe('a cursor', () => {
  it('is read by the list that gave it', () => {
    expect(decodeCursor(LIST, Place, encodeCursor(LIST, PLACE))).toEqual(PLACE);
    expect(decodeCursor(LIST, Place, undefined)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['garbage', 'x'],
    ['no text', '\u0000\ud800'],
    ['a number', '17'],
    ['a negative number', '-1'],
    ['a plain place', text(PLACE)],
    ['__proto__', text({ __proto__: PLACE })],
    ['a place without its check', text(['', PLACE])],
    ['a place in the future', moved({ ...PLACE, at: 9e15 })],
    ['a negative place', moved({ ...PLACE, at: -1 })],
    ['a place that is no place', moved([1])],
    ['a place beyond every column', moved({ ...PLACE, at: 1e308 })],
    ["another list's", encodeCursor({ ...LIST, list: 'alerts' }, PLACE)],
    ["another tenant's", encodeCursor({ ...LIST, tenant: 8 }, PLACE)],
    ["another patient's", encodeCursor({ ...LIST, of: 'p2' }, PLACE)],
  ])('is refused when it is %s', (_, cursor) => {
    const code = (): string => {
      try {
        decodeCursor(LIST, Place, cursor);
        return 'taken';
      } catch (error) {
        return error instanceof Problem ? `${error.status} ${error.code}` : String(error);
      }
    };
    expect(code()).toBe('400 cursor-invalid');
  });
});
