/** First wait, and the longest one, between attempts. */
const FIRST_MS = 1000;
const LONGEST_MS = 4 * 3600 * 1000;
/** Each wait is this part of the time the message has been failing, so waits grow as 1.6ⁿ. */
const GROWTH = 0.6;

/** Three days (Standard Webhooks asks for a multi-day schedule). */
export const GIVE_UP_AFTER_MS = 3 * 24 * 3600 * 1000;

/** No answer within this time counts as a failure. */
export const ATTEMPT_TIMEOUT_MS = 15_000;

/**
 * How long to wait after a failure, ms, for a message that was queued `ageMs` ago: about 1, 1, 2, 3, 4, 7, 11, 17, 28 … s, then
 * every four hours; some 45 attempts in three days. Quick at first because most failures are restarts. `random` in [0, 1)
 * spreads the waits by ±20 %, so that endpoints that failed together do not return together. A `Retry-After` is kept when longer.
 */
export function retryDelayMs(ageMs: number, random: number, retryAfterSeconds = 0): number {
  const step = Math.min(Math.max(ageMs * GROWTH, FIRST_MS), LONGEST_MS);
  return Math.round(Math.max(step * (0.8 + 0.4 * random), Math.min(retryAfterSeconds * 1000, LONGEST_MS)));
}

/** What an answer, or none, means for the message. */
export type AttemptOutcome = 'delivered' | 'gone' | 'retry';

/** 2xx delivered; 410 the subscriber wants no more; anything else, redirects included, is tried again. */
export function classifyStatus(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  return status === 410 ? 'gone' : 'retry';
}

/** Seconds of a Retry-After header (delta form only; a date would need a clock to compare), 0 when absent or unreadable. */
export function retryAfterSeconds(header: string | undefined): number {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : 0;
}
