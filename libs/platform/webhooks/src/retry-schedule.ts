/**
 * Waiting times between attempts, in seconds: quick at first because most failures are restarts, then up to four hours,
 * 73 h in all. A message older than {@link GIVE_UP_AFTER_MS} is parked, never dropped; it can be replayed.
 */
const STEPS_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200] as const;
const LONGEST_SECONDS = 14_400;

/** Three days (Standard Webhooks asks for a multi-day schedule). */
export const GIVE_UP_AFTER_MS = 3 * 24 * 3600 * 1000;

/** No answer within this time counts as a failure. */
export const ATTEMPT_TIMEOUT_MS = 15_000;

/**
 * When to try again after the `attempts`-th failure, ms from now. `random` in [0, 1) spreads the retries by ±20 % so that
 * endpoints that failed together do not return together. A `Retry-After` of the endpoint is kept when it is longer.
 */
export function retryDelayMs(attempts: number, random: number, retryAfterSeconds = 0): number {
  const step = STEPS_SECONDS[attempts - 1] ?? LONGEST_SECONDS;
  const spread = step * 1000 * (0.8 + 0.4 * random);
  return Math.round(Math.max(spread, Math.min(retryAfterSeconds, LONGEST_SECONDS) * 1000));
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
