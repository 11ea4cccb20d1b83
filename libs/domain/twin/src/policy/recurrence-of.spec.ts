import { describe, expect, it } from '@jest/globals';
import { MINUTE, T0 } from '#libs/testing/ward';
import { draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import { endOver, isStanding, recurrenceOf } from './recurrence.js';
import type { EpisodeState } from '../state/episode-state.js';

/** Refractory for five minutes. */
const RULE = measureRule('oxygen-saturation-low');

function at(minute: number): number {
  return T0 + minute * MINUTE;
}

function past(from: number, until: number | null, over: Partial<EpisodeState> = {}): EpisodeState {
  const end = until === null ? null : at(until);
  return episodeOf({ start: at(from), end, status: end === null ? 'open' : 'resolved', ...over });
}

function muted(reason: NonNullable<EpisodeState['muted']>['reason']): Partial<EpisodeState> {
  return { muted: { reason, by: null, until: null, rank: 2 } };
}

describe('an episode comes back', () => {
  const counted = (own: readonly EpisodeState[], start: number) => {
    const recurrence = recurrenceOf(RULE, own, at(start));
    return recurrence && [recurrence.count, (recurrence.since - T0) / MINUTE, (recurrence.until - T0) / MINUTE];
  };

  it('within five minutes of the end of another, not at their end', () => {
    expect(counted([past(0, 1)], 6 - 1 / MINUTE)).toEqual([2, 0, 1]);
    expect(counted([past(0, 1)], 6)).toBeNull();
  });

  it('with all that followed each other within that time, and no older ones', () => {
    expect(counted([past(0, 1), past(4, 5), past(9, 10)], 12)).toEqual([4, 0, 10]);
    expect(counted([past(0, 1), past(6, 7)], 8)).toEqual([2, 6, 7]);
    expect(counted([past(0, 1), past(60, 61)], 62)).toEqual([2, 60, 61]);
  });

  it('from none that goes on, began with it or began later', () => {
    expect(counted([past(0, 1), past(2, null)], 3)).toEqual([2, 0, 1]);
    expect(counted([past(3, 4)], 3)).toBeNull();
    expect(counted([past(0, 1), past(5, 6)], 3)).toEqual([2, 0, 1]);
  });

  it('from none that runs in shadow or waits for its sender, and from one that was suppressed', () => {
    expect(counted([past(0, 1, muted('shadow'))], 3)).toBeNull();
    expect(counted([past(0, 1, muted('catching-up'))], 3)).toBeNull();
    expect(counted([past(0, 1, muted('refractory'))], 3)).toEqual([2, 0, 1]);
  });
});

describe('an alert that stands for episodes that come back', () => {
  const recurring = { status: 'open', recurring: { count: 2, since: T0 } } as const;

  it('is an open one between two of them', () => {
    expect(isStanding(past(0, 1, recurring))).toBe(true);
    expect(isStanding(past(0, 1, { status: 'open' }))).toBe(false);
    expect(isStanding(past(0, null, recurring))).toBe(false);
    expect(isStanding(past(0, 1, { ...recurring, overAt: at(1) }))).toBe(false);
    expect(isStanding(past(0, 1, { ...recurring, status: 'resolved' }))).toBe(false);
  });

  it('is resolved when none has come back for five minutes, as of the end of the last', () => {
    const own = [past(0, 1, recurring), past(2, 3, muted('refractory'))];
    expect(endOver(draftWith({}), RULE, own, at(8) - 1)).toBe(own);
    expect(endOver(draftWith({}), RULE, own, at(8))).toMatchObject([
      { status: 'resolved', recurring: { count: 2, since: T0, until: at(3) } },
      { status: 'resolved' },
    ]);
  });
});
