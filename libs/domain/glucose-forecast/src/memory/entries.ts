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

/**
 * Entries not older than `from`, and the one before them while it is not older than `last`: what held when the window began. At most `count`, the newest. What goes
 * follows from entries older than the window alone, so that the order in which newer ones arrive leaves no trace.
 */
export function retained<E extends Entry>(
  entries: readonly E[],
  { from, count, last }: { readonly from: number; readonly count: number; readonly last: number },
): readonly E[] {
  let first = Math.max(0, entries.length - count);
  while (first + 1 < entries.length && entries[first + 1]!.t < from) first++;
  const oldest = entries[first];
  if (oldest !== undefined && oldest.t < Math.min(from, last)) first++;
  return first === 0 ? entries : entries.slice(first);
}
