import { sha256Words } from '#libs/domain/quantities';

/** Longest code, system, url or exact text in an index, in UTF-16 units: with others in one btree entry it stays below a third of a page. */
export const MAX_KEY = 200;
const HASHED = 32;

/**
 * A value that is compared for equality, as it stands in the index and in a condition. A longer one is cut, with a hash of the whole at its
 * end: equal values stay equal, others stay different.
 */
export function indexKey(value: string): string {
  if (value.length <= MAX_KEY) return value;
  const end = MAX_KEY - HASHED - 1;
  const last = value.charCodeAt(end - 1);
  const kept = value.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
  return `${kept}…${sha256Words(value)
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('')}`;
}
