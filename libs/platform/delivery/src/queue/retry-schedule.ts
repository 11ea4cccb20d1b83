/** Waits between the tries of a message grow by this factor from the first to the longest. */
const GROWTH = 1.6;
const FIRST_MS = 1000;
const MAX_MS = 3600 * 1000;
/** Each wait is spread by ±20 %, so that messages that failed together do not return together. */
const SPREAD = 0.2;

/** Three days (Standard Webhooks asks for a multi-day schedule). */
export const GIVE_UP_AFTER_MS = 3 * 24 * 3600 * 1000;

/** Tries of a message that the endpoint refuses as such. */
export const REFUSED_TRIES = 3;

/** No answer within this time counts as a failure. */
export const ATTEMPT_TIMEOUT_MS = 15_000;

/**
 * What the answer of an endpoint, or none, means for the message:
 * `gone` the subscriber wants no more of any; `refused` the endpoint works and does not take this message; `failed` the
 * endpoint did not work, or said that it would later.
 */
export type AttemptOutcome = 'delivered' | 'gone' | 'refused' | 'failed';

/** 2xx delivered, 410 gone, other 4xx refused. Of these 408, 425 and 429 are failures, as is anything else, redirects included. */
export function classifyStatus(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 410) return 'gone';
  if (status === 408 || status === 425 || status === 429) return 'failed';
  return status >= 400 && status < 500 ? 'refused' : 'failed';
}

/**
 * How long to wait after the `tries`-th failed try, ms: about 1, 1.6, 2.6, 4.1, 6.6, 10 … s, then every hour; some 85 tries in three
 * days. Quick at first because most failures are restarts. `random` in [0, 1).
 */
export function backoffMs(tries: number, random: number): number {
  const step = Math.min(FIRST_MS * GROWTH ** (tries - 1), MAX_MS);
  return Math.round(step * (1 - SPREAD + 2 * SPREAD * random));
}

/** A try that has ended. */
export interface EndedTry {
  readonly outcome: AttemptOutcome;
  /** Tries since the message was last queued, this one included. */
  readonly tries: number;
  /** When the message was last queued, ms since 1970. */
  readonly queuedAt: number;
  /** When the try ended, ms since 1970. */
  readonly now: number;
  /** What the answer asked to wait, ms. */
  readonly retryAfterMs: number;
  /** In [0, 1). */
  readonly random: number;
}

export type NextStep =
  | { readonly status: 'delivered' | 'parked'; readonly next: null }
  /** To be tried again at `next`, ms since 1970. */
  | { readonly status: 'pending'; readonly next: number };

/** What becomes of a message after a try. */
export function nextStep({ outcome, tries, queuedAt, now, retryAfterMs, random }: EndedTry): NextStep {
  if (outcome === 'delivered') return { status: 'delivered', next: null };
  const over = outcome === 'gone' || (outcome === 'refused' && tries >= REFUSED_TRIES);
  if (over || now - queuedAt >= GIVE_UP_AFTER_MS) return { status: 'parked', next: null };
  return { status: 'pending', next: now + Math.max(backoffMs(tries, random), retryAfterMs) };
}
