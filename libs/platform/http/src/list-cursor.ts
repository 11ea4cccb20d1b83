import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from './problem.js';

/** The list that a cursor belongs to: its name, its tenant, and whose it is where a path says so (a patient, a webhook). */
export interface ListOf {
  readonly list: string;
  readonly tenant: number;
  readonly of?: string;
}

/** In place of a tenant: of a list that is the same for all. */
export const OF_ALL = 0;

/**
 * Cursors are opaque to clients: a place in base64url, with a check that binds it to its list and its tenant. What another list or
 * tenant gave, and what nobody gave, is refused, because it would silently skip or repeat rows.
 */
export function encodeCursor(list: ListOf, place: unknown): string {
  return Buffer.from(JSON.stringify([checkOf(list, place), place])).toString('base64url');
}

/** @throws {Problem} 400 `cursor-invalid` when this list did not give it */
export function decodeCursor<S extends z.ZodType>(
  list: ListOf,
  schema: S,
  cursor: string | undefined,
): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    const [check, place] = z.tuple([z.string(), z.unknown()]).parse(JSON.parse(text));
    const parsed = schema.safeParse(place);
    if (parsed.success && check === checkOf(list, place)) return parsed.data;
  } catch {
    // not JSON, or not a pair: refused below
  }
  throw cursorInvalid();
}

function cursorInvalid(): Problem {
  return new Problem(400, 'cursor-invalid', 'the cursor is not one that this list gave', [
    { pointer: '/cursor', code: 'cursor-invalid', detail: 'must be `next` of the page before' },
  ]);
}

/** Not a secret: it detects mistakes, and a position grants no access. */
function checkOf({ list, tenant, of = '' }: ListOf, place: unknown): string {
  const text = JSON.stringify([list, tenant, of, place]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 11);
}

/** A list answer: `rows` may hold one more than `limit`, which shows that there is a next page. */
export function pageOf<R, T>(
  list: ListOf,
  rows: readonly R[],
  limit: number,
  toItem: (row: R) => T,
  placeOf: (row: R) => unknown,
): { items: T[]; next?: string } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    ...(rows.length > limit && last !== undefined ? { next: encodeCursor(list, placeOf(last)) } : {}),
  };
}

/**
 * A page of a list that is short enough to be read whole; its place is the key of the last item shown.
 *
 * @throws {Problem} 400 `cursor-invalid`
 */
export function pageOfWhole<T>(
  list: ListOf,
  items: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { items: T[]; next?: string } {
  const last = decodeCursor(list, z.string(), cursor);
  const from = last === undefined ? 0 : items.findIndex((item) => keyOf(item) === last) + 1;
  if (last !== undefined && from === 0) throw cursorInvalid();
  return pageOf(list, items.slice(from, from + limit + 1), limit, (item) => item, keyOf);
}
