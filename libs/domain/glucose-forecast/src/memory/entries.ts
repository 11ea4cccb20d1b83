/** One value of a list that is ordered by time. `k` identifies it; short names because each person has some hundred. */
export interface Entry {
  readonly k: string;
  /** Effective time, ms. */
  readonly t: number;
  /** Canonical value. */
  readonly x: number;
}

/**
 * What replaces an earlier version: the first 48 bits of an identity that is a UUID of hashed bits (a collision among 500 values has a probability under 1 in
 * 10⁹), else the identity itself.
 */
export function keyOf(identity: string): string {
  return identity.length === 36 && identity[8] === '-' && identity[13] === '-'
    ? identity.slice(0, 8) + identity.slice(9, 13)
    : identity;
}

/** The list without the entry of that key; the same list where there is none. */
export function without<E extends Entry>(entries: readonly E[], key: string): readonly E[] {
  return entries.some(({ k }) => k === key) ? entries.filter(({ k }) => k !== key) : entries;
}

/** The list with one entry at its place: ascending in time, then by key, so that the order of arrival leaves no trace. */
export function inserted<E extends Entry>(entries: readonly E[], entry: E): readonly E[] {
  let at = entries.length;
  while (at > 0 && isAfter(entries[at - 1]!, entry)) at--;
  return at === entries.length ? [...entries, entry] : [...entries.slice(0, at), entry, ...entries.slice(at)];
}

function isAfter(a: Entry, b: Entry): boolean {
  return a.t > b.t || (a.t === b.t && a.k > b.k);
}

/** Entries not older than `from`, at most `count` of them, the newest; the very newest stays until it is older than `last`. */
export function retained<E extends Entry>(
  entries: readonly E[],
  { from, count, last }: { readonly from: number; readonly count: number; readonly last: number },
): readonly E[] {
  const newest = entries.length - 1;
  let first = Math.max(0, entries.length - count);
  while (first < newest && entries[first]!.t < from) first++;
  if (first === newest && entries[first]!.t < Math.min(from, last)) return [];
  return first === 0 ? entries : entries.slice(first);
}
