import { describe, expect, it } from '@jest/globals';
import type { VitalState } from '#libs/domain/signal-quality';
import { HOUR, MINUTE, SECOND, T0 } from '#libs/testing/ward';
import { clockOf } from '../fixtures/clocks.fixture.js';
import { draftWith, episodeOf } from '../fixtures/draft.fixture.js';
import type { Draft } from '../state/draft.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { UnitState } from '../state/sender-state.js';
import { NOTHING_KEPT } from '../time/fold.js';
import { CLOCK_STEP, UNIT_DOUBTFUL } from './sender-rules.js';
import { judgeSenders } from './senders.js';

const DAY = 24 * HOUR;
const RIGHT_FOR = 15 * MINUTE;

const told = ({ transitions }: Draft) =>
  transitions.map(
    ({ rule, alert }) => `${rule} ${alert.transition}${alert.reason === undefined ? '' : ` ${alert.reason}`}`,
  );
const episodes = (draft: Draft, rule = CLOCK_STEP.id) => draft.rules[rule]?.episodes ?? [];

/** Judged at T0, with an alert of a clock that is ahead. */
function judged(clocks: Draft['clocks'], ...known: readonly Partial<EpisodeState>[]): Draft {
  return judgedAfter(clocks, clocks, ...known);
}

/** The same where the record changed the clocks; `before`: as they were before it. */
function judgedAfter(
  before: Draft['clocks'],
  clocks: Draft['clocks'],
  ...known: readonly Partial<EpisodeState>[]
): Draft {
  const own = known.map((over, n) => episodeOf({ n, cites: [], rank: 1, peak: 1, ...over }));
  const fresh = draftWith(own.length === 0 ? {} : { [CLOCK_STEP.id]: own });
  const draft = { ...fresh, base: { ...fresh.base, clocks: before } };
  draft.clocks = { ...draft.clocks, ...clocks };
  judgeSenders(draft);
  return draft;
}

const wrong = (told: number, over = {}) => clockOf(told, { heard: T0, ...over });
const ABOUT = ['gw is about 30 s ahead'];

describe('clocks that are wrong', () => {
  it('are one alert, with each of them in the order of their names', () => {
    const draft = judged({ b: wrong(30 * SECOND, { since: 7 }), a: wrong(-HOUR, { since: 9, source: 'holter' }) });
    expect(told(draft)).toEqual(['clock-step raised']);
    const about = ['holter is about 60 min behind', ...ABOUT];
    expect(episodes(draft)).toEqual([expect.objectContaining({ n: 0, start: 7, end: null, rank: 1, peak: 1, about })]);
    expect(episodes(draft)[0]).toMatchObject({ last: 'raised', sequence: 1, cites: [], raisedAt: T0 });
    expect(draft.rules[CLOCK_STEP.id]!.count).toBe(1);
  });

  it.each([
    [10_000, []],
    [10_001, ['clock-step raised']],
    [0, []],
  ])('are told of from more than ten seconds: %s', (off, lines) => {
    expect(told(judged({ a: wrong(off) }))).toEqual(lines);
  });

  it('are over when they have been right for a quarter of an hour', () => {
    const right = clockOf(0, { told: 30_000, heard: T0, rightSince: T0 - RIGHT_FOR });
    const over = judged({ a: right }, { start: T0 - HOUR, about: ABOUT });
    expect([told(over), over.clocks, over.changed]).toEqual([['clock-step resolved'], {}, true]);
    expect(episodes(over)).toEqual([expect.objectContaining({ end: T0, status: 'resolved' })]);
    const early = judged({ a: { ...right, rightSince: right.rightSince! + 1 } }, { about: ABOUT });
    expect([told(early), Object.keys(early.clocks)]).toEqual([[], ['a']]);
    const little = judged({ a: { ...right, off: 5000 } });
    expect([little.clocks, little.changed]).toEqual([{ a: { ...right, off: 5000, told: 0 } }, true]);
    const untold = judged({ a: { ...right, off: 5000, told: 0 } });
    expect([Object.keys(untold.clocks), untold.changed]).toEqual([['a'], false]);
  });

  it('are forgotten when they were not heard for a day', () => {
    const gone = judged({ a: wrong(30_000, { heard: T0 - DAY }) });
    expect([gone.clocks, told(gone), gone.changed]).toEqual([{}, [], true]);
    expect(told(judged({ a: wrong(30_000, { heard: T0 - DAY + 1 }) }))).toEqual(['clock-step raised']);
  });
});

describe('an alert of senders', () => {
  const still = { a: wrong(30_000) };

  it('says nothing new while they are the same', () => {
    const draft = judged(still, { about: ABOUT });
    expect([told(draft), draft.changed]).toEqual([[], false]);
  });

  it('is amended when they are others', () => {
    for (const words of [{ about: ['another'] }, {}]) {
      const draft = judged(still, { n: 0, end: T0, status: 'resolved' }, words);
      expect([told(draft), draft.changed]).toEqual([['clock-step amended sources-changed'], true]);
      expect(episodes(draft).map(({ n, about }) => [n, about])).toEqual([
        [0, undefined],
        [1, ABOUT],
      ]);
    }
  });

  it.each<[string, Partial<EpisodeState>]>([
    ['acknowledged', { status: 'acknowledged', acknowledgedBy: 'nurse' }],
    ['snoozed', { status: 'snoozed', snoozedUntil: T0 + HOUR }],
  ])('that is %s covers the senders it had, not one that joins', (_, over) => {
    const other = { b: wrong(40 * SECOND, { source: 'gw2' }) };
    const joined = judgedAfter(still, { ...still, ...other }, { about: ABOUT, ...over });
    expect(told(joined)).toEqual(['clock-step raised sources-changed']);
    expect(episodes(joined)[0]).toMatchObject({ status: 'open', about: [...ABOUT, 'gw2 is about 40 s ahead'] });
    expect(episodes(joined)[0]).not.toHaveProperty('snoozedUntil');
    expect(joined.transitions[0]!.alert.summary).toMatch(/^Another source is affected\. /);
    // The same sender, wrong by another amount; and one that is right again.
    const drifted = judged({ a: wrong(50 * SECOND) }, { about: ABOUT, ...over });
    expect(told(drifted)).toEqual(['clock-step amended sources-changed']);
    expect(episodes(drifted)[0]).toMatchObject(over);
    const left = judged(still, { about: [...ABOUT, 'gw2 is about 40 s ahead'], ...over });
    expect(told(left)).toEqual(['clock-step amended sources-changed']);
  });

  it.each([
    ['gw, gw2', 'gw'],
    ['gw is about 30 s', 'gw'],
    ['gw', 'gw'],
  ])('does not cover one that joins, whatever the names: "%s", then "%s"', (first, second) => {
    const before = { a: wrong(30 * SECOND, { source: first }) };
    const after = { ...before, b: wrong(30 * SECOND, { source: second }) };
    const about = [`${first} is about 30 s ahead`];
    const joined = judgedAfter(before, after, { about, status: 'acknowledged', acknowledgedBy: 'nurse' });
    expect(told(joined)).toEqual(['clock-step raised sources-changed']);
  });

  it.each<[string, Partial<EpisodeState>]>([
    ['closed', { status: 'resolved' }],
    ['suppressed', { muted: { reason: 'monitoring-off', by: null, until: null, rank: 1 } }],
  ])('that is %s is brought up to date, and nobody told', (_, over) => {
    const changed = judged(still, { about: ['another'], ...over });
    expect(told(changed)).toEqual([]);
    expect(episodes(changed)).toEqual([expect.objectContaining({ ...over, about: ABOUT, end: null })]);
    const over2 = judged({}, { about: ABOUT, ...over, start: T0 - HOUR });
    expect(told(over2)).toEqual([]);
    expect(episodes(over2)).toEqual([expect.objectContaining({ end: T0, status: 'resolved' })]);
  });

  it('ends with the last of them, and not before it began; a snooze with it', () => {
    const draft = judged({}, { about: ABOUT, start: T0 + 5, snoozedUntil: T0 + HOUR, status: 'snoozed' });
    expect(told(draft)).toEqual(['clock-step resolved']);
    expect(episodes(draft)[0]).toMatchObject({ end: T0 + 5, status: 'resolved' });
    expect(episodes(draft)[0]).not.toHaveProperty('snoozedUntil');
    expect(draft.changed).toBe(true);
  });

  it('stays ended when there is nothing wrong, and is another one when there is', () => {
    const ended = { end: T0 - HOUR, status: 'resolved', about: ABOUT } as const;
    const quiet = judged({}, ended);
    expect([told(quiet), quiet.changed]).toEqual([[], false]);
    const four = judged(still, ended, ended, ended, ended);
    expect(told(four)).toEqual(['clock-step raised']);
    expect(episodes(four).map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    expect(four.rules[CLOCK_STEP.id]!.count).toBe(5);
  });
});

describe('units that are doubtful', () => {
  const vital = (x: number, unit?: number): VitalState => ({
    t: T0,
    x,
    run: 1,
    since: T0,
    heldT: T0,
    heldX: 380,
    spread: 1,
    steps: 1,
    anchorT: T0,
    anchorX: 380,
    back: 0,
    ...(unit === undefined ? undefined : { unit }),
  });
  const unit = (heard: number, over: Partial<UnitState> = {}): UnitState => ({ words: 'w', since: 1, heard, ...over });

  type Sources = Readonly<Record<string, VitalState>>;
  function doubted(now: Sources | null, units: Record<string, UnitState> = {}, before?: Sources): Draft {
    const plain = draftWith({});
    const checks = before === undefined ? {} : { 9: { ...NOTHING_KEPT, now: before } };
    const draft = { ...plain, base: { ...plain.base, checks } };
    draft.checks['9'] = { ...NOTHING_KEPT, now };
    draft.units = { ...draft.units, ...units };
    judgeSenders(draft);
    return draft;
  }

  it('are emitted with the value and the one before', () => {
    const draft = doubted({ a: vital(21.34, 18), b: vital(100) });
    const words = 'glucose from a, 21.3 after 380 mg/dL';
    expect(draft.units).toEqual({ '9|a': { words, since: T0, heard: T0 } });
    expect(told(draft)).toEqual(['unit-doubtful raised']);
    expect(episodes(draft, UNIT_DOUBTFUL.id)[0]!.about).toEqual([words]);
  });

  it('keep their words and their beginning while they go on', () => {
    expect(doubted({ a: vital(21, 18) }, { '9|a': unit(5) }).units).toEqual({ '9|a': unit(T0) });
  });

  it('are heard with values that are new, of this source', () => {
    const same = vital(21, 18);
    const known = { '9|a': unit(T0 - 1) };
    expect(doubted({ a: same, b: vital(1) }, known, { a: same }).units).toEqual(known);
    expect(doubted({ a: same }, known, { b: same }).units).toEqual({ '9|a': unit(T0) });
    expect(doubted({ a: same }, known, { a: vital(21, 18) }).units).toEqual({ '9|a': unit(T0) });
    expect(doubted(null, known).units).toEqual(known);
  });

  it.each<[string, Sources | null, number, boolean]>([
    ['no value came for a quarter of an hour', null, T0 - RIGHT_FOR, false],
    ['for less', null, T0 - RIGHT_FOR + 1, true],
    ['its newest is accepted', { 'a|b': vital(21) }, T0 - RIGHT_FOR, false],
    ['only another source is doubted', { b: vital(21, 18) }, T0 - RIGHT_FOR, false],
    ['its newest is still doubted', { 'a|b': vital(21, 18) }, T0 - RIGHT_FOR, true],
    ['its newest is doubted and a day old', { 'a|b': vital(21, 18) }, T0 - DAY, false],
    ['its newest is doubted and less than a day old', { 'a|b': vital(21, 18) }, T0 - DAY + 1, true],
  ])('are over when %s: %#', (_, now, heard, stays) => {
    const draft = doubted(now, { '9|a|b': unit(heard) }, now ?? undefined);
    expect(Object.keys(draft.units).includes('9|a|b')).toBe(stays);
    if (!stays) expect(draft.changed).toBe(true);
  });

  it('are sixteen sources at most; the one not heard for longest is forgotten', () => {
    const sources = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`9|s${i}`, unit(T0 - ((i * 7) % 15))]));
    expect(Object.keys(doubted({ a: vital(21, 18) }, sources).units)).toHaveLength(16);
    const full = doubted({ a: vital(21, 18), b: vital(21, 18) }, sources);
    expect(Object.keys(full.units)).toHaveLength(16);
    expect(full.units).not.toHaveProperty(['9|s2']);
  });
});
