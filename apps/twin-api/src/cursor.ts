import { z } from 'zod';
import { Problem } from '#libs/platform/runtime';

/** Cursors are opaque to clients: JSON in base64url, checked when it comes back. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

export function decodeCursor<S extends z.ZodType>(schema: S, cursor: string | undefined): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (parsed.success) return parsed.data;
  } catch {
    // not JSON: refused below
  }
  throw new Problem(400, 'cursor-invalid', 'the cursor is not one that this list gave', [
    { pointer: '/cursor', code: 'cursor-invalid', detail: 'must be `next` of the page before' },
  ]);
}

/** A list answer: `rows` may hold one more than `limit`, which tells that there is a next page. */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  toItem: (row: R) => T,
  placeOf: (row: R) => unknown,
): { items: T[]; next?: string } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    ...(rows.length > limit && last !== undefined ? { next: encodeCursor(placeOf(last)) } : {}),
  };
}

/** A finite number, such as milliseconds. */
export const Ms = z.number();
export const Uuid = z.guid();
