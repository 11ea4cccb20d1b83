import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, OXYGEN, SECOND, T0 } from '#libs/testing/ward';
import { draftWith, episodeOf } from '../fixtures/draft.fixture.js';
import { merge } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { LatenessState } from '../state/late-state.js';
import { isCatchingUp, isHeldBack, isOverdue, isWaiting, noteLateness, idleTimeout, waitForMore } from './catch-up.js';

const TIMER = 'catching-up';
const lateBy = (lag: number, over: Partial<LatenessState> = {}): LatenessState => ({
  lag,
  since: T0,
  heard: T0,
  ...over,
});

/** A record of `now` from a measure of which this is known. */
function given(known?: LatenessState, now = T0): Draft {
  const draft = draftWith({}, now);
  if (known !== undefined) draft.catchingUp = { ...draft.catchingUp, [OXYGEN]: known };
  return draft;
}

describe('how late a measure is', () => {
  it.each([
    [2 * MINUTE, undefined],
    [2 * MINUTE + 1, lateBy(2 * MINUTE + 1)],
  ])('is noted from more than two minutes: %s', (lag, noted) => {
    const draft = given();
    merge(draft, noteLateness(draft, OXYGEN, T0 - lag));
    expect(draft.catchingUp[OXYGEN]).toEqual(noted);
  });

  it('is forgotten when it is live again: half a minute', () => {
    const live = given(lateBy(HOUR));
    merge(live, noteLateness(live, OXYGEN, T0 - 30 * SECOND));
    expect(live.catchingUp).toEqual({});
    const late = given(lateBy(HOUR));
    merge(late, noteLateness(late, OXYGEN, T0 - 30 * SECOND - 1));
    expect(late.catchingUp).toEqual({ [OXYGEN]: lateBy(30 * SECOND + 1) });
  });

  it.each([
    [MINUTE, true],
    [-MINUTE, true],
    [MINUTE + 1, false],
    [-MINUTE - 1, false],
  ])('is steady within a minute: now %s ms more: %s', (more, isSteady) => {
    const draft = given(lateBy(HOUR), T0 + SECOND);
    merge(draft, noteLateness(draft, OXYGEN, T0 + SECOND - HOUR - more));
    const now = T0 + SECOND;
    expect(draft.catchingUp[OXYGEN]).toEqual(
      isSteady ? lateBy(HOUR, { heard: now }) : lateBy(HOUR + more, { since: now, heard: now }),
    );
  });
});

describe('a measure catches up', () => {
  const OLD = 150 * MINUTE;

  it.each([
    [HOUR, 129, true],
    [HOUR, 130, false],
    [OLD, 129, true],
    [OLD, 130, false],
    [OLD + 1, 6 * SECOND - 1, true],
    [OLD + 1, 6 * SECOND, false],
  ])('while more comes: late by %s, not heard for %s ms: %s', (lag, quiet, is) => {
    expect(isCatchingUp(given(lateBy(lag), T0 + quiet), OXYGEN)).toBe(is);
  });

  it.each([
    [2 * MINUTE - 1, true],
    [2 * MINUTE, false],
  ])('and is not late by the same for two minutes: %s ms: %s', (over, is) => {
    expect(isCatchingUp(given(lateBy(HOUR, { heard: T0 + over }), T0 + over), OXYGEN)).toBe(is);
  });

  it('is held back when all of the measures do', () => {
    const draft = given(lateBy(HOUR));
    expect(isCatchingUp(draft, 1)).toBe(false);
    expect([[OXYGEN], [OXYGEN, 1], [1], []].map((codes) => isHeldBack(draft, codes))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('for as long as the latest of them may be quiet', () => {
    expect(idleTimeout(given())).toBe(130);
    const draft = given(lateBy(OLD + 1));
    draft.catchingUp = { ...draft.catchingUp, ['1']: lateBy(HOUR) };
    expect(idleTimeout(draft)).toBe(6 * SECOND);
  });

  it('and nobody waits for more than five minutes', () => {
    const draft = given(undefined, T0 + 5 * MINUTE);
    expect([T0 + 1, T0].map((since) => isOverdue(draft, since))).toEqual([false, true]);
  });
});

describe('an episode waits', () => {
  const muted = (reason: 'catching-up' | 'shadow') => ({ reason, by: null, until: null, rank: 2 });

  it.each<[string, Partial<EpisodeState>, boolean]>([
    ['it is open', {}, false],
    ['it was held back', { muted: muted('catching-up') }, true],
    ['it was suppressed for another reason, whatever else', { muted: muted('shadow'), heldSince: T0 }, false],
    ['another severity was held back', { heldSince: T0 }, true],
    ['it turned out not to be over', { status: 'resolved' }, true],
    ['it is over', { status: 'resolved', end: T0 }, false],
    ['a person closed it', { status: 'resolved', closedByHand: { rank: 2, at: T0 } }, false],
  ])('%s: %j: %s', (_, over, waits) => {
    expect(isWaiting(episodeOf(over))).toBe(waits);
    const draft = given(lateBy(HOUR));
    waitForMore(draft, [episodeOf(), episodeOf(over)]);
    expect(draft.timers[TIMER]).toBe(waits ? T0 + 130 : undefined);
  });

  it('no longer than was said first', () => {
    const draft = given(lateBy(HOUR));
    draft.timers = { ...draft.timers, [TIMER]: T0 + 1 };
    waitForMore(draft, [episodeOf({ heldSince: T0 })]);
    expect(draft.timers[TIMER]).toBe(T0 + 1);
  });
});
