import { describe, expect, it } from '@jest/globals';
import { GIVE_UP_AFTER_MS, REFUSED_TRIES } from '#libs/platform/delivery';
import { attemptResult, outcomeOf, type Sent } from './attempt-result.js';
import type { SendResult } from './sender.js';

const QUEUED = Date.UTC(2026, 2, 1, 8);
const MESSAGE: Sent['message'] = {
  message: 'message-1',
  type: 'alert.raised',
  body: '{}',
  attempts: 7,
  tries: 1,
  queuedAt: QUEUED,
  receivedAt: QUEUED,
  followed: false,
};
const FAILED: SendResult = { outcome: 'failed', httpStatus: 503, error: 'answered 503', retryAfterMs: 0 };

function resultOf(result: Partial<SendResult>, message: Partial<Sent['message']> = {}, answeredAt = QUEUED + 40) {
  const sent = { message: { ...MESSAGE, ...message }, result: { ...FAILED, ...result } };
  return attemptResult({ ...sent, at: answeredAt - 30, answeredAt });
}

describe('what is noted of an attempt', () => {
  it('is its number in all and since the message was queued, when it began, how long it took and what was answered', () => {
    expect(resultOf({ outcome: 'delivered', httpStatus: 204, error: null })).toEqual({
      message: 'message-1',
      attempt: 8,
      tries: 2,
      at: QUEUED + 10,
      milliseconds: 30,
      httpStatus: 204,
      error: null,
      status: 'delivered',
      next: null,
    });
  });

  it('is when the message is tried again: after the answer, by the number of its tries', () => {
    // The second try: 1.6 s, spread by a fifth.
    const { status, next, error, httpStatus } = resultOf({});
    expect({ status, error, httpStatus }).toEqual({ status: 'pending', error: 'answered 503', httpStatus: 503 });
    expect(next! - (QUEUED + 40)).toBeGreaterThanOrEqual(1280);
    expect(next! - (QUEUED + 40)).toBeLessThanOrEqual(1920);
  });

  it('is no earlier than the answer asks', () => {
    expect(resultOf({ retryAfterMs: 90_000 }).next).toBe(QUEUED + 40 + 90_000);
  });

  it('is that it is not tried again: the subscriber wants no more, or the message was refused or failed for too long', () => {
    expect(resultOf({ outcome: 'gone' })).toMatchObject({ status: 'parked', next: null });
    expect(resultOf({ outcome: 'refused' }, { tries: REFUSED_TRIES - 2 })).toMatchObject({ status: 'pending' });
    expect(resultOf({ outcome: 'refused' }, { tries: REFUSED_TRIES - 1 })).toMatchObject({ status: 'parked' });
    expect(resultOf({}, {}, QUEUED + GIVE_UP_AFTER_MS - 1)).toMatchObject({ status: 'pending' });
    expect(resultOf({}, {}, QUEUED + GIVE_UP_AFTER_MS)).toMatchObject({ status: 'parked' });
  });
});

describe('what an attempt came to', () => {
  it.each([
    ['delivered', 'delivered', 'delivered'],
    ['gone', 'parked', 'gone'],
    ['refused', 'parked', 'parked'],
    ['refused', 'pending', 'retry'],
    ['failed', 'parked', 'parked'],
    ['failed', 'pending', 'retry'],
  ] as const)('%s and then %s: %s', (outcome, status, came) => {
    expect(outcomeOf({ ...FAILED, outcome }, status)).toBe(came);
  });
});
