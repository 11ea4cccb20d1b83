import { describe, expect, it } from '@jest/globals';
import { uuidOf } from '#libs/domain/quantities';
import { MINUTE, T0 } from '#libs/testing/ward';
import { draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import { suppress } from './policy.js';
import { isOutranked, isPagedByLeader, ledBy } from './leaders.js';
import type { EpisodeState } from '../state/episode-state.js';
import { episodeId } from '../alerts/emit.js';

const LOW = measureRule('glucose-low');
const LOW_SOON = measureRule('glucose-low-soon');
const NEWS2 = measureRule('news2');
const TACHYCARDIA = measureRule('ventricular-tachycardia');

function idOf(rule: string, n = 0): string {
  return episodeId({ tenant: 1, patient: 'p1' }, rule, n);
}

describe('an alert is led', () => {
  const leaderOf = (over: Partial<EpisodeState>, at = T0, rank = 2) =>
    ledBy(draftWith({ asystole: [episodeOf({ rank: 3, peak: 3, ...over })] }), TACHYCARDIA, episodeOf({ rank }), at)
      ?.by;
  const latched = { end: T0, overAt: T0 };

  it('by an open one of the same cause', () => {
    expect(leaderOf({})).toBe(idOf('asystole'));
  });

  it('by a latched one for a minute after its condition has ended', () => {
    expect(leaderOf(latched, T0 + MINUTE - 1)).toBe(idOf('asystole'));
    expect(leaderOf(latched, T0 + MINUTE)).toBeUndefined();
  });

  it('by none that is suppressed, not even within that minute', () => {
    const muted = { reason: 'monitoring-off', by: null, until: null, rank: 3 } as const;
    expect(leaderOf({ ...latched, muted })).toBeUndefined();
  });

  it('by none that is closed, unless a person closed it while it held, with the severity of that moment', () => {
    expect(leaderOf({ status: 'resolved' })).toBeUndefined();
    const byHand = { status: 'resolved', closedByHand: { rank: 2, at: T0 } } as const;
    expect(leaderOf(byHand)).toBe(idOf('asystole'));
    expect(leaderOf(byHand, T0, 3)).toBeUndefined();
  });

  it('by none of its own rule', () => {
    expect(ledBy(draftWith({ [LOW.id]: [episodeOf()] }), LOW, episodeOf({ n: 1 }), T0)).toBeNull();
  });
});

describe('a low that was forecast', () => {
  const led = (since: number, rank = 2) =>
    ledBy(
      draftWith({ [LOW_SOON.id]: [episodeOf({ rank: 3 })] }),
      LOW,
      episodeOf({ start: T0 + since, rank }),
      T0 + since,
    );

  it('is suppressed within five minutes of its forecast, for a quarter of an hour', () => {
    for (const since of [1, 5 * MINUTE - 1])
      expect(led(since)).toEqual({
        reason: 'same-cause',
        by: idOf(LOW_SOON.id),
        until: T0 + since + 15 * MINUTE,
        rank: 2,
      });
  });

  it('is not suppressed when it begins with its forecast, or five minutes after it', () => {
    expect([led(0), led(5 * MINUTE)]).toEqual([null, null]);
  });

  it('is not suppressed when it is high', () => {
    expect(led(MINUTE, 3)).toBeNull();
  });

  it('is led by a more severe forecast for as long as that is open when it is a forecast itself', () => {
    const draft = draftWith({ 'glucose-urgent-low-soon': [episodeOf({ rank: 3 })] });
    const later = episodeOf({ start: T0 + 20 * MINUTE });
    expect(ledBy(draft, LOW_SOON, later, later.start)).toMatchObject({ reason: 'same-cause', until: null });
  });
});

describe('a severity is paged by another alert', () => {
  it('of the same cause that is at least as severe', () => {
    const draft = draftWith({ 'deterioration-trend': [episodeOf()] });
    expect([1, 2, 3].map((rank) => isPagedByLeader(draft, NEWS2, rank))).toEqual([true, true, false]);
  });

  it('not by its own, one of another cause, or one whose rule has none', () => {
    const grave = [episodeOf({ rank: 3 })];
    expect(isPagedByLeader(draftWith({ news2: grave, asystole: grave }), NEWS2, 2)).toBe(false);
    const heart = measureRule('heart-rate-high');
    expect(isPagedByLeader(draftWith({ 'heart-rate-low': grave, news2: grave }), heart, 2)).toBe(false);
  });

  it('not by its forecast, though a forecast is by the low and by another forecast', () => {
    const [forecast, low] = [{ [LOW_SOON.id]: [episodeOf()] }, { [LOW.id]: [episodeOf()] }];
    expect(isPagedByLeader(draftWith(forecast), LOW, 2)).toBe(false);
    expect(isPagedByLeader(draftWith(low), LOW_SOON, 2)).toBe(true);
    expect(isPagedByLeader(draftWith(forecast), measureRule('glucose-urgent-low-soon'), 2)).toBe(true);
  });
});

describe('an alert is outranked', () => {
  it('by a more severe one of the same cause, not by one of its own severity', () => {
    const draft = draftWith({ 'deterioration-trend': [episodeOf()] });
    expect([isOutranked(draft, NEWS2, 1), isOutranked(draft, NEWS2, 2)]).toEqual([true, false]);
  });

  it('not by one that never escalates', () => {
    const draft = draftWith({ 'glucose-urgent-low-soon': [episodeOf({ rank: 3 })] });
    expect(isOutranked(draft, LOW_SOON, 2)).toBe(false);
  });
});

describe('a suppression', () => {
  const muted = { reason: 'same-cause', by: idOf('deterioration-trend', 1), until: null, rank: 2 } as const;
  const older = episodeOf({ end: T0 - MINUTE, status: 'resolved' });
  const quiet = episodeOf({ sequence: 0, muted });

  function suppressedBeside(leader: Partial<EpisodeState>) {
    const draft = draftWith({
      'glucose-high': [episodeOf()],
      'deterioration-trend': [older, episodeOf({ n: 1, ...leader })],
    });
    suppress(draft, NEWS2, quiet);
    return draft;
  }

  it('has the same id at every replay, and another one when the alert was emitted before', () => {
    const ids = [0, 4].map((sequence) => {
      const draft = draftWith({});
      suppress(draft, NEWS2, episodeOf({ sequence, muted: { ...muted, reason: 'refractory' } }));
      return draft.suppressions[0]!.id;
    });
    expect(ids).toEqual([uuidOf(`suppression|${idOf(NEWS2.id)}`), uuidOf(`suppression|${idOf(NEWS2.id)}|4`)]);
  });

  it('changes the twin, also when it is folded into no other alert', () => {
    const draft = draftWith({});
    suppress(draft, NEWS2, episodeOf({ sequence: 0, muted: { ...muted, reason: 'refractory' } }));
    expect(draft.changed).toBe(true);
  });

  it('is listed with the alert that leads, and with no other', () => {
    const { rules, transitions } = suppressedBeside({});
    expect(rules['deterioration-trend']!.episodes).toEqual([
      older,
      expect.objectContaining({ n: 1, folded: [{ rule: NEWS2.id, reason: 'same-cause' }] }),
    ]);
    expect(rules['glucose-high']!.episodes).toEqual([episodeOf()]);
    expect(transitions.map(({ rule, alert }) => [rule, alert.transition, alert.reason])).toEqual([
      ['deterioration-trend', 'amended', 'joined'],
    ]);
  });

  it('is listed once per rule, and of many the newest eight', () => {
    const listed = (...rules: string[]) => rules.map((rule) => ({ rule, reason: 'same-cause' }));
    const many = listed('a', NEWS2.id, 'b', 'c', 'd', 'e', 'f', 'g');
    const { rules } = suppressedBeside({ folded: many });
    expect(rules['deterioration-trend']!.episodes[1]!.folded).toEqual(
      listed('a', 'b', 'c', 'd', 'e', 'f', 'g', NEWS2.id),
    );
    const full = suppressedBeside({ folded: listed('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h') });
    expect(full.rules['deterioration-trend']!.episodes[1]!.folded).toEqual(
      listed('b', 'c', 'd', 'e', 'f', 'g', 'h', NEWS2.id),
    );
  });

  it('is recorded without a message when the alert that leads is closed or forgotten', () => {
    const closed = suppressedBeside({ status: 'resolved', closedByHand: { rank: 2, at: T0 } });
    const forgotten = draftWith({});
    suppress(forgotten, NEWS2, quiet);
    for (const { suppressions, transitions } of [closed, forgotten])
      expect([suppressions.length, transitions.length]).toEqual([1, 0]);
  });
});
