import { describe, expect, it } from '@jest/globals';
import { T0 } from '#libs/testing/ward';
import type { SetLimits } from '../state/state.js';
import { gridTimes } from '../time/grid.js';
import { ownerOf, setLimitsOf, timelineWith, unexpired, withKept } from './set-limits.js';

const REACH = gridTimes(T0)[0]!;
const entry = (after: number | null): SetLimits => ({ after, limits: { limit: 1 }, author: 'dr-a', reason: 'r' });
const afters = (timeline: readonly SetLimits[]) => timeline.map(({ after }) => after);

describe('limits that were set', () => {
  it('have an end only where one was given', () => {
    const threshold = { rule: 'x', limits: { limit: 1 }, reason: 'r' };
    expect(setLimitsOf(threshold, 'dr-a', 5)).toStrictEqual(entry(5));
    expect(setLimitsOf({ ...threshold, expiresAt: 9 }, 'dr-a', 5)).toStrictEqual({ ...entry(5), expiresAt: 9 });
  });

  it('for all samples replace what was set before', () => {
    expect(afters(timelineWith([entry(1), entry(T0)], entry(null)))).toEqual([null]);
  });

  it.each([
    ['at the edge of what late data reach', REACH, [REACH - 9, REACH, T0]],
    ['before all that late data reach', REACH - 1, [REACH - 1, T0]],
    ['for all', null, [null, T0]],
  ])('are kept until they were replaced %s', (_, replacedAt, kept) => {
    expect(afters(timelineWith([entry(REACH - 9), entry(replacedAt)], entry(T0)))).toEqual(kept);
  });

  it('are sixteen at most, the newest', () => {
    const timeline = Array.from({ length: 16 }, (_, i) => entry(T0 - 100 + i));
    expect(afters(timelineWith(timeline, entry(T0)))).toEqual([...afters(timeline).slice(1), T0]);
  });
});

describe('limits that stay when others of their rule are set', () => {
  const old = { author: 'dr-a', reason: 'old', expiresAt: T0 };
  const before: SetLimits = { after: 0, limits: { high: 160, medium: 120 }, ...old };
  const next: SetLimits = { after: 5, limits: { medium: 125 }, author: 'dr-b', reason: 'new' };

  it('keep their value, author, reason and expiry', () => {
    const entry = withKept(before, next);
    expect(entry).toEqual({ ...next, limits: { high: 160, medium: 125 }, kept: { high: old } });
    expect(ownerOf(entry, 'medium')).toEqual({ author: 'dr-b', reason: 'new' });
    const third = withKept(entry, { ...next, limits: { low: 90 }, author: 'dr-c' });
    expect(third.limits).toEqual({ high: 160, medium: 125, low: 90 });
    expect(['high', 'medium', 'low'].map((name) => ownerOf(third, name).author)).toEqual(['dr-a', 'dr-b', 'dr-c']);
  });

  it('end by themselves, each at its own time', () => {
    const entry = withKept(before, { ...next, expiresAt: T0 + 9 });
    expect(unexpired(entry, T0 - 1)).toBe(entry);
    expect(unexpired(entry, T0)?.limits).toEqual({ medium: 125 });
    expect(unexpired(entry, T0 + 9)).toBeUndefined();
  });

  it('are none where they have expired, where the default was restored, and where nothing was set', () => {
    expect(withKept(before, { ...next, after: T0 })).toEqual({ ...next, after: T0 });
    expect(withKept({ ...before, limits: null }, next)).toBe(next);
    expect(withKept(undefined, next)).toBe(next);
    const restored = { ...next, limits: null };
    expect(withKept(before, restored)).toBe(restored);
  });
});
