import { describe, expect, it } from '@jest/globals';
import { T0 } from '#libs/testing/ward';
import { measureRule } from '../fixtures/draft.fixture.js';
import type { Draft } from '../state/draft.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { EpisodeState } from '../state/episode-state.js';
import {
  at,
  compare,
  found,
  NOW,
  refractory,
  remembered,
  told,
  waiting,
} from '../fixtures/found-against-emitted.fixture.js';

const ASYSTOLE = measureRule('asystole');

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
