import { iso, known } from './known.js';

interface Known {
  readonly patient: string;
  readonly knownAt: number | null;
}

/** Where the values of a time are as CSV: all of them, as known then. */
export function csvHref(view: Known, code: string, time: { readonly from: string; readonly to: string }): string {
  const query = new URLSearchParams({ format: 'csv', code, ...time, ...known(view) });
  return `/v1/twins/${encodeURIComponent(view.patient)}/measurements?${query}`;
}

const [BEFORE_MS, AFTER_MS] = [10_000, 20_000];

/** What is shown around an alert that began at `at`, ms, and where that is as CSV. */
export function stripOf(
  view: Known,
  at: number,
): { readonly window: readonly [number, number]; readonly csv: (code: string) => string } {
  const window = [at - BEFORE_MS, at + AFTER_MS] as const;
  return { window, csv: (code) => csvHref(view, code, { from: iso(window[0]), to: iso(window[1]) }) };
}
