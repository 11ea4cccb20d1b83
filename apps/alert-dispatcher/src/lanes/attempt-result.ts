import { nextStep, type AttemptResult, type DueMessage } from '#libs/platform/delivery';
import type { SendResult } from './sender.js';

/** When an attempt began and when it was answered, or given up, ms. */
export interface AttemptTimes {
  readonly at: number;
  readonly answeredAt: number;
}

/** What an attempt came to. */
export type SentOutcome = 'delivered' | 'retry' | 'parked' | 'gone';

/** An attempt that is over. */
export interface Sent extends AttemptTimes {
  readonly message: DueMessage;
  readonly result: SendResult;
}

/** What is noted of an attempt: whether and when the message is tried again. */
export function attemptResult({ message, result, at, answeredAt }: Sent): AttemptResult {
  const tries = message.tries + 1;
  const step = nextStep({
    outcome: result.outcome,
    tries,
    queuedAt: message.queuedAt,
    now: answeredAt,
    retryAfterMs: result.retryAfterMs,
    random: Math.random(),
  });
  return {
    message: message.message,
    attempt: message.attempts + 1,
    tries,
    at,
    milliseconds: answeredAt - at,
    httpStatus: result.httpStatus,
    error: result.error,
    ...step,
  };
}

export function outcomeOf({ outcome }: SendResult, status: AttemptResult['status']): SentOutcome {
  if (outcome === 'delivered' || outcome === 'gone') return outcome;
  return status === 'parked' ? 'parked' : 'retry';
}
