/** How far before its judged time a version may stand in the store, ms. */
export function stillBehind({
  behind: known,
  now,
}: {
  readonly behind: { readonly ms: number; readonly until: number } | null;
  readonly now: number;
}): number {
  return known === null || now > known.until ? 0 : known.ms;
}
