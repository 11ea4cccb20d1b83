import type { LedgerForecast } from '../packed/packed-forecast.js';
import type { ScoredForecast, Truth } from '../packed/packed-block.js';

const MINUTE = 60_000;
/** How much later than the time that was forecast a point is given up for which nothing came, in the log's own time, ms. */
export const WAIT_MS = 60 * MINUTE;

/** A forecast that is stored and not scored yet. */
export type StoredForecast = Omit<ScoredForecast, 'truths'>;

/** When points may be scored: how far the data have come, and the clock. */
export interface DueBy {
  /** Newest effective time known of the patient, ms. */
  readonly newest: number;
  /** The log's own time, ms. */
  readonly now: number;
  readonly toleranceMs: number;
}

/** Effective time that a point is about, ms. */
export function timeOf({ issuedAt }: Pick<LedgerForecast, 'issuedAt'>, minutes: number): number {
  return issuedAt + minutes * MINUTE;
}

/** Whether what is measured at a point's time should have come: newer data are there, or it was waited for long enough. */
export function isDue({ forecast, recordedAt }: StoredForecast, minutes: number, by: DueBy): boolean {
  const t = timeOf(forecast, minutes);
  if (by.newest > t + by.toleranceMs) return true;
  return by.now > Math.max(t, recordedAt + minutes * MINUTE) + by.toleranceMs + WAIT_MS;
}

/** Which measurement a point is scored with: the one found for it once it is due, else why there is none. */
export function truthOf(
  stored: StoredForecast,
  minutes: number,
  by: DueBy,
  found: { readonly t: number; readonly x: number; readonly version: number } | undefined,
): Truth {
  if (!isDue(stored, minutes, by)) return { unscored: 'pending' };
  return found ?? { unscored: 'no-measurement' };
}

/**
 * The measurement nearest to `t` within the tolerance, of those that may serve: quality good or doubtful, numbers. Of two as near the earlier one counts,
 * then the smaller identity: the answer does not depend on the order in which they came.
 */
export function nearest<M extends { readonly t: number; readonly identity: string }>(
  candidates: readonly M[],
  t: number,
  toleranceMs: number,
): M | undefined {
  let best: M | undefined;
  for (const one of candidates) {
    if (Math.abs(one.t - t) > toleranceMs) continue;
    if (best === undefined || isBefore(one, best, t)) best = one;
  }
  return best;
}

function isBefore<M extends { readonly t: number; readonly identity: string }>(a: M, b: M, t: number): boolean {
  const nearer = Math.abs(a.t - t) - Math.abs(b.t - t);
  if (nearer !== 0) return nearer < 0;
  return a.t === b.t ? a.identity < b.identity : a.t < b.t;
}
