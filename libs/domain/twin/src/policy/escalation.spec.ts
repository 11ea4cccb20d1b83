import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, MINUTE, SECOND, T0, allEmittedBy, Ward } from '#libs/testing/ward';
import { draftWith, episodeOf } from '../fixtures/draft.fixture.js';
import type { Draft } from '../state/draft.js';
import { escalateIgnored } from './escalation.js';
import type { EpisodeState } from '../state/episode-state.js';

/** After the timer has run out at T0, with the rules' own times: saturation 15 min, glucose 30 min. */
function escalated(episodes: Readonly<Record<string, readonly EpisodeState[]>>): Draft {
  const draft = draftWith(episodes, T0);
  draft.timers = { ...draft.timers, ['escalation']: T0 };
  escalateIgnored(draft);
  return draft;
}

function ignoredFor(minutes: number, over: Partial<EpisodeState> = {}): EpisodeState {
  return episodeOf({ pagedAt: T0 - minutes * MINUTE, ...over });
}

describe('an alert that nobody acknowledges', () => {
  it('is escalated at the end of the time its rule allows, not a millisecond before', () => {
    const ward = new Ward();
    const due = T0 + SECOND + 30 * MINUTE;
    ward.send([{ c: GLUCOSE, t: T0, x: 65 }]);
    expect(allEmittedBy(ward.tick(due - 1))).toEqual([]);
    expect(allEmittedBy(ward.tick(due))).toEqual(['glucose-low escalated high open']);
  });

  it('is due from when it last paged, and from when it was raised where that is not known', () => {
    const dueIn = (episode: EpisodeState) => escalated({ 'glucose-low': [episode] }).timers['escalation']! - T0;
    expect(dueIn(ignoredFor(10, { raisedAt: T0 - 20 * MINUTE }))).toBe(20 * MINUTE);
    expect(dueIn(episodeOf({ raisedAt: T0 - 20 * MINUTE }))).toBe(10 * MINUTE);
  });

  it('sets the timer for the one that is due first, whichever rule is listed first', () => {
    const timer = (saturation: number, glucose: number) =>
      escalated({ 'oxygen-saturation-low': [ignoredFor(saturation)], 'glucose-low': [ignoredFor(glucose)] })
        .timerChanges;
    expect(timer(5, 10)).toEqual([{ timer: 'escalation', dueAt: T0 + 10 * MINUTE }]);
    expect(timer(5, 25)).toEqual([{ timer: 'escalation', dueAt: T0 + 5 * MINUTE }]);
  });

  it('removes the timer when none is left that can be escalated', () => {
    const { timerChanges, transitions, rules } = escalated({ 'glucose-low': [ignoredFor(30)] });
    expect(timerChanges).toEqual([{ timer: 'escalation', dueAt: null }]);
    expect(transitions.map(({ alert }) => [alert.transition, alert.reason, alert.severity])).toEqual([
      ['escalated', 'unacknowledged', 'high'],
    ]);
    expect(rules['glucose-low']!.episodes).toMatchObject([{ escalatedAt: T0, status: 'open' }]);
  });

  it.each<[string, Partial<EpisodeState>]>([
    ['acknowledged', { status: 'acknowledged' }],
    ['snoozed', { status: 'snoozed' }],
    ['escalated before', { escalatedAt: T0 - MINUTE }],
    ['suppressed', { muted: { reason: 'refractory', by: null, until: null, rank: 2 } }],
  ])('is not escalated when it is %s, beside one that is', (_, over) => {
    const other = ignoredFor(60, over);
    const { transitions, rules } = escalated({ 'glucose-low': [other, ignoredFor(60, { n: 1 })] });
    expect(transitions).toHaveLength(1);
    expect(rules['glucose-low']!.episodes[0]).toBe(other);
  });

  it('of a technical rule is never escalated', () => {
    expect(escalated({ 'no-data': [ignoredFor(600)] }).transitions).toEqual([]);
  });

  it('is left as it is before it is due, also beside a more severe one of the same cause', () => {
    const milder = ignoredFor(5);
    const { rules } = escalated({ 'glucose-very-low': [ignoredFor(0, { rank: 3 })], 'glucose-low': [milder] });
    expect(rules['glucose-low']!.episodes[0]).toBe(milder);
  });

  it('waits anew while a more severe one of the same cause asks for attention, and the timer is set for whichever is due first', () => {
    const waiting = (grave: EpisodeState) =>
      escalated({ 'glucose-very-low': [grave], 'glucose-low': [ignoredFor(60)] });
    const answered = waiting(ignoredFor(0, { rank: 3, escalatedAt: T0 }));
    expect(answered.transitions).toEqual([]);
    expect(answered.rules['glucose-low']!.episodes).toMatchObject([{ pagedAt: T0 }]);
    expect(answered.rules['glucose-low']!.episodes[0]).not.toHaveProperty('escalatedAt');
    expect(answered.timers['escalation']).toBe(T0 + 30 * MINUTE);
    expect(waiting(ignoredFor(10, { rank: 3 })).timers['escalation']).toBe(T0 + 5 * MINUTE);
  });
});

describe('an alert that stands for what keeps coming back', () => {
  /** Lows of ten minutes every 45 min, and what a person does with the alert of the eleventh. */
  function escalationsOf(does?: 'acknowledge' | 'snooze'): number[] {
    const ward = new Ward();
    let at = T0;
    const escalations: number[] = [];
    for (let n = 0; n < 20; n++) {
      for (const x of [95, 75, 60, 48, 48, 60, 75, 95, 110]) {
        const { transitions } = ward.send([{ c: GLUCOSE, t: at, x }]);
        for (const { rule, alert } of transitions) {
          if (rule === 'glucose-very-low' && alert.reason === 'unacknowledged') escalations.push(n);
        }
        at += 5 * MINUTE;
      }
      const open = ward.alerts().findLast(({ rule }) => rule.id === 'glucose-very-low')!;
      if (n === 10 && does === 'acknowledge') ward.act({ type: 'acknowledge', episode: open.episode }, at);
      if (n === 10 && does === 'snooze')
        ward.act({ type: 'snooze', episode: open.episode, until: at + 24 * 60 * MINUTE }, at);
    }
    return escalations;
  }

  it('is escalated once, though each of high priority pages', () => {
    expect(escalationsOf()).toEqual([2]);
  });

  it.each(['acknowledge', 'snooze'] as const)(
    'is escalated again when it is ignored after somebody attended: %s',
    (does) => {
      expect(escalationsOf(does)).toEqual([2, 11]);
    },
  );

  it('is escalated again when the condition lasts', () => {
    const ward = new Ward();
    const dips = Array.from({ length: 5 }, () => [95, 75, 60, 48, 48, 60, 75, 95, 110]).flat();
    const lasting = [95, 75, 60, 48, 48, 48, 48, 48];
    [...dips, ...lasting].forEach((x, i) => ward.send([{ c: GLUCOSE, t: T0 + i * 5 * MINUTE, x }]));
    expect(ward.alerts().at(-1)).toMatchObject({
      rule: { id: 'glucose-very-low' },
      reason: 'unacknowledged',
      severity: 'high',
    });
  });
});
