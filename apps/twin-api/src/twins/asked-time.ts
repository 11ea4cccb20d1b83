import { Problem } from '#libs/platform/http';

const MAX_MS = 92 * 86_400_000;

/** A time that was asked for, ms; `to` exclusive. @throws Problem 400 when it ends before it begins, or is too long */
export function timesOf(query: { readonly from: string; readonly to: string }): {
  readonly from: number;
  readonly to: number;
} {
  const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
  if (to > from && to - from <= MAX_MS) return { from, to };
  throw new Problem(400, 'invalid', 'the request does not have the expected shape', [
    { pointer: '/to', code: 'out-of-range', detail: 'must be after `from`, by at most 92 days' },
  ]);
}
