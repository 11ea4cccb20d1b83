import { describe, expect, it } from '@jest/globals';
import { MINUTE, OXYGEN, T0 } from '#libs/testing/ward';
import { citedOf, draftWith, episodeOf, measureRule } from '../fixtures/draft.fixture.js';
import type { Draft } from '../state/draft.js';
import { emitEpisodes } from './episodes.js';
import type { Look } from './look.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { MeasureRule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';

const NOW = T0 + 60 * MINUTE;
const OXYGEN_LOW = measureRule('oxygen-saturation-low');
const ASYSTOLE = measureRule('asystole');

function at(minute: number): number {
  return T0 + minute * MINUTE;
}

function valueAt(t: number): Cited {
  return citedOf({ identity: `value ${t}`, t, x: 88, code: OXYGEN });
}

/** A condition, in minutes; null: it goes on. */
function found(from: number, until: number | null, rank = 2): FoundEpisode {
  const met = valueAt(at(from));
  const [end, cleared] = until === null ? [null, null] : [at(until), valueAt(at(until))];
  return { start: at(from), end, rank, peak: rank, first: met, met, worst: met, cleared };
}

function told(from: number, until: number | null, over: Partial<EpisodeState> = {}): EpisodeState {
  const times = { start: at(from), end: until === null ? null : at(until), raisedAt: at(from) };
  const status = until === null ? 'open' : 'resolved';
  return episodeOf({ ...times, status, cites: [valueAt(at(from))], ...over });
}

const refractory = { reason: 'refractory', by: 'another', until: at(40), rank: 2 } as const;
const waiting = { reason: 'catching-up', by: null, until: null, rank: 2 } as const;

function compare(
  before: readonly EpisodeState[],
  now: readonly FoundEpisode[],
  look: Partial<Look> = {},
  { rule = OXYGEN_LOW, prepare }: { rule?: MeasureRule; prepare?: (draft: Draft) => void } = {},
) {
  const draft = draftWith({ [rule.id]: before }, NOW);
  prepare?.(draft);
  const state = { ...draft.rules[rule.id]!, floor: 7 };
  const after = emitEpisodes(draft, rule, state, now, { since: null, newest: NOW, fresh: [], held: false, ...look });
  const lines = draft.transitions.map(({ alert, sequence }) => `${alert.transition} ${alert.reason ?? ''} ${sequence}`);
  return { draft, ...after, lines };
}

/** Numbers of the episodes that are remembered, with where they begin and end, in minutes. */
function remembered(episodes: readonly EpisodeState[]): (number | null)[][] {
  return episodes.map(({ n, start, end }) => [n, (start - T0) / MINUTE, end === null ? null : (end - T0) / MINUTE]);
}

describe('which emitted episodes a record judges again', () => {
  it('is none when it shows nothing of them: what is remembered stays as it is', () => {
    const before = [told(0, 5)];
    const { episodes, count, floor, lines } = compare(before, []);
    expect([episodes, count, floor, lines]).toEqual([before, 1, 7, []]);
    expect(episodes).toBe(before);
  });

  it('is those that had not ended where the refold began', () => {
    const ended = [told(0, 5)];
    expect(compare(ended, [], { since: at(5) + 1 }).lines).toEqual([]);
    expect(compare(ended, [], { since: at(5) }).lines).toEqual(['retracted  2']);
    expect(compare(ended, [found(20, null)], { since: at(10) }).lines).toEqual(['raised  1']);
  });

  it('is one that began where a found one begins, though it ended before', () => {
    const { episodes, lines } = compare([told(0, 5)], [found(0, 6)], { since: at(5.5) });
    expect([remembered(episodes), lines]).toEqual([[[0, 0, 6]], ['amended data-changed 2']]);
  });

  it('is a latched one only when its condition holds again', () => {
    const latched = [told(0, 5, { status: 'open', overAt: at(5) })];
    const past = compare(latched, [found(10, 11)], {}, { rule: ASYSTOLE });
    expect(past.lines).toEqual(['retrospective  1']);
    expect(remembered(past.episodes)).toEqual([
      [0, 0, 5],
      [1, 10, 11],
    ]);
    const again = compare(latched, [found(10, null)], {}, { rule: ASYSTOLE });
    expect([remembered(again.episodes), again.lines]).toEqual([[[0, 10, null]], ['raised recurring 2']]);
  });

  it('is only those that are named, where they are named', () => {
    const { lines, episodes } = compare([told(0, 5), told(20, null, { n: 1 })], [], { judgedAgain: new Set([0]) });
    expect([lines, remembered(episodes)]).toEqual([['retracted  2'], [[1, 20, null]]]);
  });

  it('retracts nothing that was suppressed', () => {
    const { lines, episodes } = compare([told(0, null, { muted: refractory })], []);
    expect([lines, episodes]).toEqual([[], []]);
  });
});

describe('which found episode is which emitted one', () => {
  const after = (before: readonly EpisodeState[], now: readonly FoundEpisode[]) =>
    remembered(compare(before, now, { since: T0 }).episodes);

  it('is the open one of the open one, also when its beginning moved', () => {
    expect(after([told(5, null)], [found(2, null)])).toEqual([[0, 2, null]]);
    expect(after([told(5, null)], [found(7, null)])).toEqual([[0, 7, null]]);
  });

  it('is that of the same beginning before that which overlaps', () => {
    expect(after([told(5, 10)], [found(3, 5), found(5, 10)])).toEqual([
      [1, 3, 5],
      [0, 5, 10],
    ]);
  });

  it('is that which overlaps, ends included', () => {
    expect(after([told(0, 5)], [found(5, 8)])).toEqual([[0, 5, 8]]);
    expect(after([told(0, 5)], [found(6, 8)])).toEqual([[1, 6, 8]]);
    expect(after([told(5, 8)], [found(0, 5)])).toEqual([[0, 0, 5]]);
    expect(after([told(5, 8)], [found(0, 4)])).toEqual([[1, 0, 4]]);
    expect(after([told(5, 8)], [found(6, null)])).toEqual([[0, 6, null]]);
    expect(after([told(5, null)], [found(6, 7)])).toEqual([[0, 6, 7]]);
  });

  it('is none that is apart from it, latched ones included when the condition is over', () => {
    expect(after([told(0, 5)], [found(20, null)])).toEqual([[1, 20, null]]);
    const latched = [told(0, 5, { status: 'open', overAt: at(5) })];
    expect(compare(latched, [found(10, 11)], { since: T0 }, { rule: ASYSTOLE }).lines).toEqual([
      'retracted  2',
      'retrospective  1',
    ]);
  });

  it('is one at most', () => {
    expect(after([told(0, 10)], [found(1, 2), found(3, 4)])).toEqual([
      [0, 1, 2],
      [1, 3, 4],
    ]);
  });
});

describe('an episode that begins', () => {
  it('is raised when it goes on, and emitted in retrospect when it is over', () => {
    const { episodes, lines, count } = compare([], [found(0, 5), found(50, null, 3)]);
    expect(lines).toEqual(['retrospective  1', 'raised  1']);
    const head = { sequence: 1, raisedAt: NOW };
    expect(episodes).toMatchObject([
      { ...head, n: 0, status: 'retrospective', last: 'retrospective' },
      { ...head, n: 1, status: 'open', last: 'raised' },
    ]);
    expect(count).toBe(2);
  });

  it('waits without a message while its sender catches up, with a timer', () => {
    const { episodes, lines, draft } = compare([], [found(50, null)], { held: true });
    expect([lines, draft.suppressions]).toEqual([[], []]);
    expect(episodes).toMatchObject([{ status: 'open', sequence: 0, last: 'raised', muted: waiting }]);
    expect(draft.timers).toHaveProperty('catching-up');
  });

  it('sets no such timer otherwise', () => {
    expect(compare([told(30, null, { muted: waiting })], [found(30, null)]).draft.timers).toEqual({});
  });

  it('does not wait when its rule is off: it is suppressed at once', () => {
    const set = { state: 'off', since: T0, reason: 'transport', author: 'dr-a' } as const;
    const off = { prepare: (draft: Draft) => void (draft.monitoring = { set }) };
    for (const now of [found(50, null), found(50, 51)]) {
      const { episodes, lines, draft } = compare([], [now], { held: true }, off);
      expect([lines, draft.suppressions]).toMatchObject([[], [{ reason: 'monitoring-off' }]]);
      expect(episodes).toMatchObject([{ muted: { reason: 'monitoring-off' } }]);
    }
  });

  it('ends an alert that stood for others before it is emitted, when it comes too late to be one of them', () => {
    const standing = told(0, 5, { status: 'open', recurring: { count: 3, since: T0 } });
    const { lines, episodes } = compare([standing], [found(20, null)]);
    expect(lines).toEqual(['resolved  2', 'raised  1']);
    expect(episodes[0]).toMatchObject({ status: 'resolved', recurring: { count: 3, until: at(5) } });
  });
});

describe('an alert that stands for episodes that come back', () => {
  const standing = told(0, 55, { status: 'open', recurring: { count: 3, since: T0 } });

  it('counts one that is suppressed, and one that was over before it was known', () => {
    const quiet = compare([standing], [found(58, null)]);
    expect(quiet.lines).toEqual(['amended recurring 2']);
    expect(quiet.draft.suppressions).toMatchObject([{ reason: 'refractory' }]);
    expect(quiet.episodes).toMatchObject([{ recurring: { count: 4, since: T0 } }, { muted: { reason: 'refractory' } }]);
    const past = compare([standing], [found(58, 59)]);
    expect(past.lines).toEqual(['amended recurring 2', 'retrospective  1']);
    expect(past.episodes).toMatchObject([{ recurring: { count: 4, since: T0 } }, { status: 'retrospective' }]);
  });

  it('ends when a more severe one takes its place, which counts itself', () => {
    const { lines, episodes } = compare([standing], [found(58, null, 3)]);
    expect(lines).toEqual(['resolved  2', 'raised worse 1']);
    expect(episodes).toMatchObject([
      { status: 'resolved', recurring: { count: 3, until: at(55) } },
      { recurring: { count: 4, since: T0 } },
    ]);
  });

  it('ends when a suppressed one lasts, which was counted before', () => {
    const quiet = told(58, null, { n: 1, sequence: 0, muted: { ...refractory, until: at(59) } });
    const { lines, episodes, draft } = compare([standing, quiet], [found(58, null)]);
    expect(lines).toEqual(['resolved  2', 'raised persists 1']);
    expect(episodes[1]).toMatchObject({ recurring: { count: 3, since: T0 }, raisedAt: NOW });
    expect(episodes[1]).not.toHaveProperty('muted');
    expect(draft.suppressions).toEqual([]);
  });
});

describe('a suppressed episode that goes on', () => {
  it('is not recorded as suppressed again', () => {
    const { lines, draft, episodes } = compare(
      [told(30, null, { muted: { ...refractory, until: NOW + MINUTE } })],
      [found(30, null)],
    );
    expect([lines, draft.suppressions]).toEqual([[], []]);
    expect(episodes).toMatchObject([{ muted: { reason: 'refractory' } }]);
  });

  it('ends without a message', () => {
    const { lines, episodes } = compare([told(30, null, { muted: refractory })], [found(30, 40)]);
    expect([lines, remembered(episodes)]).toEqual([[], [[0, 30, 40]]]);
    expect(episodes).toMatchObject([{ status: 'resolved', muted: refractory }]);
  });

  it('stays so while its sender catches up', () => {
    const { lines, episodes } = compare([told(30, null, { muted: refractory })], [found(30, null, 3)], { held: true });
    expect([lines, episodes]).toMatchObject([[], [{ muted: refractory, rank: 3 }]]);
  });
});

describe('an episode that waits for its sender', () => {
  const began = (minute: number) => [told(minute, null, { sequence: 0, muted: waiting })];

  it('waits on while that catches up, for five minutes at most', () => {
    const waits = compare(began(56), [found(56, null)], { held: true });
    expect([waits.lines, waits.episodes]).toMatchObject([[], [{ muted: waiting }]]);
    const overdue = compare(began(55), [found(55, null)], { held: true });
    expect(overdue.lines).toEqual(['raised  1']);
  });

  it('is raised when that is live again, as of when it was first known', () => {
    const { lines, episodes } = compare(began(56), [found(56, null)]);
    expect(lines).toEqual(['raised  1']);
    expect(episodes).toMatchObject([{ status: 'open', raisedAt: at(56) }]);
    expect(episodes[0]).not.toHaveProperty('muted');
  });

  it('is emitted in retrospect when it turns out to be over', () => {
    const { lines, episodes } = compare(began(56), [found(56, 58)]);
    expect(lines).toEqual(['retrospective  1']);
    expect(episodes).toMatchObject([{ status: 'retrospective' }]);
    expect(episodes[0]).not.toHaveProperty('muted');
  });

  it('is recorded as suppressed when it comes back too soon after another', () => {
    const before = [told(50, 55), told(57, null, { n: 1, sequence: 0, muted: waiting })];
    const { lines, draft } = compare(before, [found(57, null)]);
    expect([lines, draft.suppressions]).toMatchObject([[], [{ reason: 'refractory' }]]);
  });
});
