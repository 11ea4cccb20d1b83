import { describe, expect, it } from '@jest/globals';
import { MINUTE, T0 } from '#libs/testing/ward';
import { draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import { verdictOn, verdictOnMuted } from './policy.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Machine } from '../state/machine-state.js';
import { NO_RULE_STATE } from '../time/fold.js';
import { episodeId } from '../alerts/emit.js';

const OXYGEN_LOW = measureRule('oxygen-saturation-low');
const NEWS2 = measureRule('news2');

function idOf(rule: string, n = 0): string {
  return episodeId({ tenant: 1, patient: 'p1' }, rule, n);
}

describe('the verdict on an alert that begins', () => {
  const verdict = (own: readonly EpisodeState[], start: number, rank = 2) =>
    verdictOn(draftWith({}), OXYGEN_LOW, own, episodeOf({ n: 9, start, rank }));
  /** Paged as medium and ended at T0; suppressed four minutes later. */
  const paged = episodeOf({ start: T0 - MINUTE, end: T0, status: 'resolved' });
  const suppressed = episodeOf({
    n: 1,
    start: T0 + 3 * MINUTE,
    end: T0 + 4 * MINUTE,
    status: 'resolved',
    muted: { reason: 'refractory', by: idOf(OXYGEN_LOW.id), until: T0 + 5 * MINUTE, rank: 2 },
  });

  it('is a page without a reason when none came before', () => {
    expect(verdict([], T0)).toEqual({ kind: 'page' });
  });

  it('is a page as recurring when none of those before has paged', () => {
    const past = episodeOf({ start: T0 - MINUTE, end: T0, status: 'retrospective' });
    expect(verdict([past], T0 + MINUTE)).toEqual({
      kind: 'page',
      reason: 'recurring',
      recurrence: { count: 2, since: T0 - MINUTE, standing: undefined, paged: undefined, until: T0 },
    });
  });

  it('is a page as worse when it is more severe than any before that paged', () => {
    expect(verdict([paged], T0 + MINUTE, 3)).toMatchObject({ kind: 'page', reason: 'worse', recurrence: { count: 2 } });
  });

  it('suppresses a recurrence within the refractory period, until its end', () => {
    expect(verdict([paged, suppressed], T0 + 5 * MINUTE - 1)).toEqual({
      kind: 'mute',
      muted: { reason: 'refractory', by: idOf(OXYGEN_LOW.id), until: T0 + 5 * MINUTE, rank: 2 },
    });
  });

  it('is a page as recurring from the end of the refractory period on, counted from the end of the one that paged', () => {
    for (const start of [T0 + 5 * MINUTE, T0 + 6 * MINUTE])
      expect(verdict([paged, suppressed], start)).toMatchObject({
        kind: 'page',
        reason: 'recurring',
        recurrence: { count: 3, paged: { n: 0 } },
      });
  });
});

describe('the verdict on a suppressed alert that goes on', () => {
  const led = { reason: 'same-cause', by: idOf('deterioration-trend'), until: null, rank: 2 } as const;
  const judge = (muted: NonNullable<EpisodeState['muted']>, rank: number, newest: number, rules = {}) =>
    verdictOnMuted(draftWith(rules), NEWS2, [], muted, episodeOf({ rank, muted }), newest);

  it('is a page as worse when it is more severe than the alert that leads it, whatever else is open', () => {
    const rules = { 'glucose-high': [episodeOf({ rank: 3 })], 'deterioration-trend': [episodeOf()] };
    expect(judge(led, 3, T0, rules)).toEqual({ kind: 'page', reason: 'worse' });
    expect(judge(led, 2, T0, rules)).toEqual({ kind: 'mute', muted: led });
  });

  it('suppresses a milder one for another quarter of an hour after its leader has ended, a high one for a minute', () => {
    expect(judge(led, 2, T0)).toEqual({ kind: 'mute', muted: { ...led, until: T0 + 15 * MINUTE } });
    expect(judge(led, 3, T0)).toEqual({ kind: 'mute', muted: { ...led, until: T0 + MINUTE } });
  });

  it('does not page what is back within its limits as persisting, however long the rule waits to call it over', () => {
    const rule = measureRule('glucose-very-high');
    const muted = { reason: 'refractory', by: idOf(rule.id), until: T0 + 15 * MINUTE, rank: 2 } as const;
    const after = (tiers: Machine['tiers'], of: NonNullable<EpisodeState['muted']> = muted, rank = 2) => {
      const draft = draftWith({});
      draft.rules[rule.id] = { ...NO_RULE_STATE, now: { tiers, open: null } };
      return verdictOnMuted(draft, rule, [], of, episodeOf({ rank, muted: of }), T0 + 20 * MINUTE);
    };
    const beyond = { on: 2, run: null, clear: null } as const;
    const back = { ...beyond, clear: { from: T0 + 15 * MINUTE, n: 2 } } as const;
    const off = { ...beyond, on: 0 } as const;
    expect(after([back])).toEqual({ kind: 'mute', muted });
    expect(after([back, off])).toEqual({ kind: 'mute', muted });
    expect(after([beyond])).toEqual({ kind: 'page', reason: 'persists' });
    expect(after([beyond, back])).toEqual({ kind: 'page', reason: 'persists' });
    expect(after([])).toEqual({ kind: 'page', reason: 'persists' });
    expect(after([back], muted, 3)).toEqual({ kind: 'page', reason: 'worse' });
    const switchedOff = { ...muted, reason: 'monitoring-off', until: null } as const;
    expect(after([back], switchedOff)).toEqual({ kind: 'page', reason: 'monitoring-on' });
  });

  it('suppresses a high one until that minute is over, and then pages it as persisting', () => {
    const muted = { ...led, until: T0 + MINUTE, rank: 3 };
    expect(judge(muted, 3, T0 + MINUTE - 1)).toEqual({ kind: 'mute', muted });
    expect(judge(muted, 3, T0 + MINUTE)).toEqual({ kind: 'page', reason: 'persists' });
  });
});
