import { describe, expect, it } from '@jest/globals';
import { HEART_RATE, MINUTE, OXYGEN, SECOND, T0, Ward } from '#libs/testing/ward';
import { episodeId } from '../alerts/emit.js';
import { citedOf, draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import type { Cited } from '../state/cited.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Machine } from '../state/machine-state.js';
import { NO_RULE_STATE } from '../time/fold.js';
import { overBy } from './clearing.js';
import { isEscalated } from './escalation.js';
import { verdictOn, verdictOnMuted } from './policy.js';
import { isHighApart, pagedRank, recurrenceOf } from './recurrence.js';

const LOW = measureRule('glucose-low');
const OXYGEN_LOW = measureRule('oxygen-saturation-low');
const FAST = measureRule('heart-rate-high');
const at = (minute: number): number => T0 + minute * MINUTE;
const idOf = (rule: string, n = 0): string => episodeId({ tenant: 1, patient: 'p1' }, rule, n);
const value = (minute: number, x: number): Cited => citedOf({ t: at(minute), x });

describe('an alert that its leader suppresses no more, beside one of its rule that stands for what keeps coming back', () => {
  const led = { reason: 'same-cause', by: idOf('glucose-very-low'), until: at(15), rank: 2 } as const;
  const episode = episodeOf({ n: 5, start: T0, cites: [value(0, 65)], muted: led });
  /** The last of them lasted half an hour, so that the next has to last an hour. */
  const standing = episodeOf({
    start: at(-60),
    end: at(-2),
    cites: [value(-60, 62)],
    recurring: { count: 3, since: at(-120), lasted: 30 * MINUTE, within: 60 * MINUTE },
  });
  const judge = (minute: number, over: Partial<EpisodeState> = {}, fresh: readonly Cited[] = [], rules = {}) =>
    verdictOnMuted(draftWith(rules), LOW, [standing], led, { ...episode, ...over }, at(minute), fresh);

  it('is suppressed by that one for as long as one of them has to last, and counts there', () => {
    const muted = { reason: 'refractory', by: idOf(LOW.id), until: at(60), rank: 2 };
    const expected = { kind: 'mute', muted, recurrence: { count: 4, since: at(-120), standing, paged: standing } };
    expect(judge(20)).toMatchObject(expected);
    expect(judge(60 - 1 / MINUTE)).toMatchObject(expected);
  });

  it('pages once it has lasted so long', () => {
    expect(judge(60)).toMatchObject({ kind: 'page', reason: 'persists', recurrence: { standing } });
  });

  it('pages at once when it is more severe, or clearly further beyond the limit', () => {
    expect(judge(20, { rank: 3 })).toMatchObject({ kind: 'page', reason: 'worse' });
    expect(judge(20, {}, [value(19, 53)])).toMatchObject({ kind: 'mute' });
    expect(judge(20, {}, [value(19, 52)])).toMatchObject({ kind: 'page' });
    // What is no later than the value before its first says nothing of it.
    expect(judge(20, {}, [value(-1, 52)])).toMatchObject({ kind: 'mute' });
    expect(judge(20, {}, [value(0, 52)])).toMatchObject({ kind: 'page' });
  });

  it('is suppressed by another alert of the same cause that is open', () => {
    const rules = { 'glucose-very-low': [episodeOf({ n: 1, rank: 3, start: at(18) })] };
    const muted = { reason: 'same-cause', by: idOf('glucose-very-low', 1), until: null, rank: 2 };
    expect(judge(20, {}, [], rules)).toEqual({ kind: 'mute', muted });
    const refractory = { ...led, reason: 'refractory' } as const;
    expect(verdictOnMuted(draftWith(rules), LOW, [], refractory, episode, at(20))).toEqual({ kind: 'mute', muted });
  });
});

describe('an alert that comes back within the refractory time', () => {
  const paged = episodeOf({ start: at(-20), end: at(-2), status: 'resolved', cites: [value(-20, 88)] });
  const judge = (fresh: readonly Cited[]) =>
    verdictOn(draftWith({}), OXYGEN_LOW, [paged], episodeOf({ n: 1, cites: [value(0, 87)] }), fresh);

  it('is suppressed, and pages as worse when it is clearly further beyond the limit than what was said', () => {
    expect(judge([value(0, 85)])).toMatchObject({
      kind: 'mute',
      muted: { reason: 'refractory', by: idOf(OXYGEN_LOW.id) },
    });
    expect(judge([value(0, 84)])).toMatchObject({ kind: 'page', reason: 'worse', recurrence: { count: 2, paged } });
  });

  it('remembers the values in a row that are, until one is not', () => {
    const told = episodeOf({ start: at(-9), end: at(-3), status: 'resolved', cites: [value(-9, 155)] });
    const muted = { reason: 'refractory', by: idOf(FAST.id), until: at(5), rank: 2 } as const;
    const judgeFast = (was: NonNullable<EpisodeState['muted']>, fresh: readonly Cited[]) =>
      verdictOnMuted(draftWith({}), FAST, [told], was, episodeOf({ n: 1, muted: was }), at(1), fresh);
    const far = (seconds: number, x = 180): Cited => citedOf({ code: HEART_RATE, t: T0 + seconds * SECOND, x });
    const once = { ...muted, run: { from: T0 + 10 * SECOND, n: 2 } };
    expect(judgeFast(muted, [far(10), far(20)])).toEqual({ kind: 'mute', muted: once });
    expect(judgeFast(once, [])).toEqual({ kind: 'mute', muted: once });
    expect(judgeFast(once, [far(30, 156)])).toEqual({ kind: 'mute', muted });
    expect(judgeFast(once, [far(75)])).toMatchObject({ kind: 'page', reason: 'worse' });
  });
});

describe('what keeps coming back', () => {
  const past = (from: number, end: number, over: Partial<EpisodeState> = {}): EpisodeState =>
    episodeOf({ start: at(from), end: at(end), status: 'resolved', ...over });
  const recurring = { count: 4, since: at(-100) };

  it('has a severity of its condition, whatever escalation added', () => {
    expect(pagedRank(episodeOf({ paged: 2, peak: 3 }))).toBe(2);
    expect(pagedRank(episodeOf({ paged: 3, peak: 2 }))).toBe(2);
    expect(pagedRank(episodeOf({ peak: 3 }))).toBe(3);
  });

  it.each<[string, Partial<EpisodeState>, boolean]>([
    ['nobody was asked again', {}, false],
    ['it was escalated', { escalatedAt: T0 }, true],
    ['one before it was', { recurring: { ...recurring, escalated: true } }, true],
    ['somebody attends', { escalatedAt: T0, status: 'acknowledged' }, false],
  ])('counts as escalated for the next, or not: %s', (_, over, expected) => {
    expect(isEscalated(episodeOf({ recurring, ...over }))).toBe(expected);
  });

  it.each<[string, EpisodeState, number, boolean]>([
    ['within the refractory time', past(0, 1, { status: 'open', recurring }), 6 - 1 / MINUTE, true],
    ['not at its end', past(0, 1, { status: 'open', recurring }), 6, false],
    ['within the hour', past(0, 1, { status: 'open', recurring: { ...recurring, within: 60 * MINUTE } }), 60, true],
    ['not after it', past(0, 1, { status: 'open', recurring: { ...recurring, within: 60 * MINUTE } }), 61, false],
  ])('has an alert that stands for it: %s', (_, standing, start, expected) => {
    const found = recurrenceOf(OXYGEN_LOW, [standing], at(start));
    expect(found?.standing === standing).toBe(expected);
    if (!expected) expect(found).toBeNull();
    else expect(found).toMatchObject({ count: 5, since: at(-100), paged: standing, until: at(1) });
    if (expected) expect('within' in found!).toBe(standing.recurring!.within !== undefined);
  });

  it('comes back within the hour from the third on, and not at its end; what latches does not', () => {
    const own = [past(0, 1), past(20, 21), past(40, 41)];
    expect(recurrenceOf(OXYGEN_LOW, own, at(101) - 1)).toMatchObject({ count: 4, within: 60 * MINUTE });
    expect(recurrenceOf(OXYGEN_LOW, own, at(101))).toBeNull();
    expect(recurrenceOf(OXYGEN_LOW, own.slice(2), at(60))).toBeNull();
    expect(recurrenceOf(measureRule('asystole'), own, at(60))).toBeNull();
  });

  it('pages for itself where it is high and begins a quarter of an hour after the last', () => {
    const apart = (rank: number, minute: number) =>
      isHighApart(episodeOf({ rank, start: at(minute) }), {
        count: 2,
        since: T0,
        until: T0,
        standing: undefined,
        paged: undefined,
      });
    expect([apart(3, 15), apart(3, 15 - 1 / MINUTE), apart(2, 30)]).toEqual([true, false, false]);
  });
});

describe('saturation that drops so suddenly that its first value is doubtful, and is high a value later', () => {
  /** Pages of high priority for each dip of three minutes, escalation for lack of acknowledgement aside. */
  function highOf(apart: number, times: number): number[] {
    const ward = new Ward();
    return Array.from({ length: times }, (_, n) => {
      const before = ward.alerts().length;
      for (let second = 0; second < apart * 60; second += 30) {
        const t = at(n * apart) + second * SECOND;
        ward.send([{ c: OXYGEN, t, x: second < 180 ? 78 : 96 }], t + 500);
      }
      const own = ward.alerts().slice(before);
      const paged = own.filter(
        ({ transition, reason }) =>
          transition === 'raised' || (transition === 'escalated' && reason !== 'unacknowledged'),
      );
      return paged.filter(({ severity }) => severity === 'high').length;
    });
  }

  it.each([20, 30, 45, 60, 90])('pages high once for each dip, every %i min and ignored', (apart) => {
    expect(highOf(apart, 7)).toEqual(Array<number>(7).fill(1));
  });

  it('pages a bounded number of times where dips follow each other within a quarter of an hour', () => {
    const [first, ...later] = highOf(10, 12);
    expect(first).toBe(1);
    expect(later.slice(5)).toEqual(Array<number>(6).fill(0));
  });
});

describe('until when an alert whose values are back waits', () => {
  const tier = (on: 0 | 1 | 2, from: number | null): Machine['tiers'][number] => ({
    on,
    run: null,
    clear: from === null ? null : { from: at(from), n: 1 },
  });
  const waits = (tiers: Machine['tiers']): number | null => {
    const draft = draftWith({});
    draft.rules[FAST.id] = { ...NO_RULE_STATE, now: { tiers, open: null } };
    const until = overBy(draft, FAST);
    return until === null ? null : (until - T0) / MINUTE;
  };
  const gap = FAST.kind === 'limit' ? FAST.maxGap / MINUTE : 0;

  it('is the longest of its times and the longest pause, from when the last of its severities was back', () => {
    expect(waits([tier(2, 1)])).toBe(1 + 2 + gap);
    expect(waits([tier(2, 4), tier(1, 1)])).toBe(4 + 2 + gap);
    expect(waits([tier(2, 1), tier(1, 4)])).toBe(4 + 2 + gap);
  });

  it('is nothing where values are not back, or nothing holds', () => {
    expect(waits([tier(2, 4), tier(1, null)])).toBeNull();
    expect(waits([tier(0, 4)])).toBeNull();
    expect(overBy(draftWith({}), FAST)).toBeNull();
    expect(overBy(draftWith({}), measureRule('news2'))).toBeNull();
  });
});
