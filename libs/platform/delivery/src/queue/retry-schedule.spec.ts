import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import {
  backoffMs,
  classifyStatus,
  GIVE_UP_AFTER_MS,
  nextStep,
  REFUSED_TRIES,
  type EndedTry,
} from './retry-schedule.js';

const HOUR = 3_600_000;

describe('what an answer means', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [199, 'failed'],
    [300, 'failed'],
    [301, 'failed'],
    [307, 'failed'],
    [400, 'refused'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [405, 'refused'],
    [407, 'refused'],
    [408, 'failed'],
    [409, 'refused'],
    [410, 'gone'],
    [413, 'refused'],
    [415, 'refused'],
    [422, 'refused'],
    [425, 'failed'],
    [429, 'failed'],
    [499, 'refused'],
    [500, 'failed'],
    [503, 'failed'],
    [599, 'failed'],
  ] as const)('status %d: %s', (status, outcome) => expect(classifyStatus(status)).toBe(outcome));
});

describe('waits', () => {
  it('grow by 1.6 from a second to an hour, ±20 %', () => {
    const waits = Array.from({ length: 22 }, (_, i) => backoffMs(i + 1, 0.5));
    expect(waits.slice(0, 6)).toEqual([1000, 1600, 2560, 4096, 6554, 10_486]);
    expect(waits[17]).toBeLessThan(HOUR);
    expect(waits.slice(18)).toEqual([HOUR, HOUR, HOUR, HOUR]);
    expect(backoffMs(1, 0)).toBe(800);
    expect(backoffMs(1, 0.25)).toBe(900);
    expect(backoffMs(1, 1)).toBe(1200);
    expect(backoffMs(40, 0)).toBe(0.8 * HOUR);
  });

  it('make some 85 tries in three days', () => {
    let age = 0;
    let tries = 0;
    while (age < GIVE_UP_AFTER_MS) age += backoffMs(++tries, 0.5);
    expect([tries > 80, tries < 95]).toEqual([true, true]);
  });
});

describe('what becomes of a message', () => {
  const tried = (over: Partial<EndedTry>): EndedTry => ({
    outcome: 'failed',
    tries: 1,
    queuedAt: 1000,
    now: 5000,
    retryAfterMs: 0,
    random: 0.5,
    ...over,
  });
  const parked = { status: 'parked', next: null };

  it.each([
    [{ outcome: 'delivered' }, { status: 'delivered', next: null }],
    [
      { outcome: 'delivered', now: 1000 + GIVE_UP_AFTER_MS },
      { status: 'delivered', next: null },
    ],
    [{ outcome: 'gone' }, parked],
    [{ outcome: 'refused' }, { status: 'pending', next: 6000 }],
    [
      { outcome: 'refused', tries: 2 },
      { status: 'pending', next: 6600 },
    ],
    [{ outcome: 'refused', tries: REFUSED_TRIES }, parked],
    [{ outcome: 'refused', tries: 4 }, parked],
    [
      { outcome: 'failed', tries: 4 },
      { status: 'pending', next: 9096 },
    ],
    [
      { outcome: 'failed', tries: 85 },
      { status: 'pending', next: 5000 + HOUR },
    ],
    [
      { outcome: 'failed', now: 999 + GIVE_UP_AFTER_MS },
      { status: 'pending', next: 1999 + GIVE_UP_AFTER_MS },
    ],
    [{ outcome: 'failed', now: 1000 + GIVE_UP_AFTER_MS }, parked],
    [{ outcome: 'refused', now: 1000 + GIVE_UP_AFTER_MS }, parked],
    [{ retryAfterMs: 999 }, { status: 'pending', next: 6000 }],
    [{ retryAfterMs: 30_000 }, { status: 'pending', next: 35_000 }],
    [
      { outcome: 'refused', retryAfterMs: 30_000 },
      { status: 'pending', next: 35_000 },
    ],
  ] satisfies [Partial<EndedTry>, object][])('%j: %j', (over, expected) => {
    expect(nextStep(tried(over))).toEqual(expected);
  });

  it('waits at least as long as it was asked to, and never into the past', () => {
    const ended = fc.record({
      outcome: fc.constantFrom('failed' as const, 'refused' as const),
      tries: fc.integer({ min: 1, max: 200 }),
      queuedAt: fc.integer({ min: 0, max: 1e12 }),
      now: fc.integer({ min: 0, max: 1e12 }),
      retryAfterMs: fc.integer({ min: 0, max: 86_400_000 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(ended, (one) => {
        const { status, next } = nextStep(one);
        if (status === 'pending') expect(next).toBeGreaterThanOrEqual(one.now + Math.max(800, one.retryAfterMs));
        else expect(next).toBeNull();
      }),
      propertyRuns(100),
    );
  });
});
