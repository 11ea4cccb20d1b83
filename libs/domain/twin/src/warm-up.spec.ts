import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, T0 } from '#libs/testing/ward';
import { draftWith } from './fixtures/draft.fixture.js';
import type { Detector, Settling } from './rules/rule.js';
import { isWarmingUp } from './warm-up.js';

const detector = (over: Partial<Detector> = {}): Detector => ({
  id: 'course',
  codes: [1],
  rules: [],
  late: 'refold',
  step: (memory) => ({ memory, holds: {} }),
  ...over,
});
const settling = { warmUpMs: 5 * MINUTE } as Settling;

describe('a detector whose memory began anew', () => {
  it.each<[string, Detector, number]>([
    ['as long as it says', detector({ warmUpMs: 15 * MINUTE, settling }), 15 * MINUTE],
    ['as long as it takes to judge a stretch again', detector({ settling }), 5 * MINUTE],
    ['a day where it says nothing', detector(), 24 * HOUR],
  ])('warms up %s', (_, one, needed) => {
    const draft = draftWith({});
    draft.warmingUp = { course: T0, other: T0 };
    expect(isWarmingUp(draft, one, T0 + needed - 1)).toBe(true);
    expect([draft.warmingUp, draft.changed]).toEqual([{ course: T0, other: T0 }, false]);
    expect(isWarmingUp(draft, one, T0 + needed)).toBe(false);
    expect([draft.warmingUp, draft.changed]).toEqual([{ other: T0 }, true]);
  });

  it('is one of those that the twin names', () => {
    const draft = draftWith({});
    draft.warmingUp = { other: T0 };
    expect(isWarmingUp(draft, detector(), T0)).toBe(false);
    expect(draft.changed).toBe(false);
  });
});
