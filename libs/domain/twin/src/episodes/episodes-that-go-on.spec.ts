import { describe, expect, it } from '@jest/globals';
import { MINUTE, T0 } from '#libs/testing/ward';
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
