import { describe, expect, it } from '@jest/globals';
import { T0 } from '#libs/testing/ward';
import type { SetLimits } from '../state/state.js';
import { gridTimes } from '../time/grid.js';
import { setLimitsOf, timelineWith } from './set-limits.js';

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
