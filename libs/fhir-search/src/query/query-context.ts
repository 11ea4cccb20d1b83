/** What the values of a search are read against. */
export interface QueryContext {
  /** Addresses of this server without a slash at the end: a reference below one of them is local. */
  readonly ownBases: readonly string[];
  /** ms since 1970, for `ap` of a date, which is wider the longer ago the date is. */
  readonly now: number | undefined;
}
