import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HOUR, OXYGEN, T0 } from '#libs/testing/ward';
import { citedOf, draftWith } from '../fixtures/draft.fixture.js';
import type { Sample } from '../rules/judged-sample.js';
import { merge } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import type { LateState } from '../state/late-state.js';
import type { Effect } from '../time/effect.js';
import { FREE_VALUES, holdBack, isLateDue, settleLate } from './late.js';

const TIMER = 'late';
const DUE = T0 + 5000;
const NONE: ReadonlySet<string> = new Set();

function effect(over: Partial<Effect> = {}): Effect {
  return { code: OXYGEN, added: [], changed: NONE, dirty: null, touchesLatest: false, waits: false, ...over };
}

function late(n: number, over: Partial<Effect> = {}): Effect {
  const sample: Sample = { cited: citedOf({ t: T0 - HOUR, x: 97, code: OXYGEN }) };
  return effect({ added: Array<Sample>(n).fill(sample), dirty: T0 - HOUR, ...over });
}

function waiting(from: LateState['from'] = {}, now = T0): Draft {
  const draft = draftWith({}, now);
  draft.late = { from, due: DUE, after: 10 };
  return draft;
}

/** What is followed of these effects; the draft keeps what waits. */
function held(draft: Draft, ...effects: Effect[]): readonly Effect[] {
  const { effects: followed, changes } = holdBack(draft, new Map(effects.map((one) => [one.code, one])));
  merge(draft, changes);
  return [...followed.values()];
}

describe('late values', () => {
  it('are evaluated at once when nothing was evaluated again lately', () => {
    const effects = new Map([[OXYGEN, late(1)]]);
    expect(holdBack(draftWith({}), effects)).toEqual({ effects, changes: {} });
  });

  it('wait when the last time is not paid, those in time do not', () => {
    const draft = waiting({ [GLUCOSE]: 7 });
    const inTime = effect({ code: 1 });
    const one = late(4, { changed: new Set(['a', 'b']) });
    expect(held(draft, one, inTime)).toEqual([{ ...one, dirty: null, waits: true }, inTime]);
    expect(draft.late).toEqual({ from: { [GLUCOSE]: 7, [OXYGEN]: T0 - HOUR }, due: DUE, after: 4 });
    expect(draft.timerChanges).toEqual([{ timer: TIMER, dueAt: DUE }]);
  });

  it.each([
    [T0 - 2 * HOUR, T0 - 2 * HOUR],
    [T0, T0 - HOUR],
  ])('wait from the earliest of them: before %s', (before, from) => {
    const draft = waiting({ [OXYGEN]: before });
    held(draft, late(1));
    expect(draft.late!.from).toEqual({ [OXYGEN]: from });
  });

  it.each<[string, Effect, number, boolean]>([
    ['as many have come as pay for it', late(10), T0, true],
    ['fewer have come', late(9), T0, false],
    ['the newest value is among them', late(1, { touchesLatest: true }), T0, true],
    ['its time has come', late(1), DUE, true],
    ['its time has not come', late(1), DUE - 1, false],
  ])('are evaluated when %s', (_, one, now, isNow) => {
    const draft = waiting({}, now);
    const before = draft.late;
    expect(held(draft, one)).toEqual([isNow ? one : { ...one, dirty: null, waits: true }]);
    if (isNow) expect(draft.late).toBe(before);
  });

  it('take along what waited, from where it is earliest', () => {
    const one = late(10);
    expect(held(waiting({ [OXYGEN]: 5, [GLUCOSE]: 7 }), one)).toEqual([
      { ...one, dirty: 5 },
      effect({ code: GLUCOSE, dirty: 7 }),
    ]);
    expect(held(waiting({ [OXYGEN]: T0 }), one)).toEqual([one]);
  });

  it('that wait are evaluated at their time with a record of none', () => {
    const inTime = effect();
    expect(held(waiting({ [OXYGEN]: 5 }, DUE), inTime)).toEqual([{ ...inTime, dirty: 5 }]);
    const early = waiting({ [OXYGEN]: 5 }, DUE - 1);
    const before = early.late;
    expect(held(early, effect({ touchesLatest: true }))).toEqual([effect({ touchesLatest: true })]);
    expect([early.late, early.timerChanges]).toEqual([before, []]);
  });

  it('are due when some wait and their time has come', () => {
    expect(isLateDue(draftWith({}, DUE))).toBe(false);
    expect(isLateDue(waiting({}, DUE))).toBe(false);
    expect(isLateDue(waiting({ [OXYGEN]: 5 }, DUE - 1))).toBe(false);
    expect(isLateDue(waiting({ [OXYGEN]: 5 }, DUE))).toBe(true);
  });
});

describe('after an evaluation', () => {
  function settled(reread: number, ...effects: Effect[]): Draft {
    const draft = waiting({ [OXYGEN]: 5 });
    draft.timers = { ...draft.timers, [TIMER]: DUE };
    merge(draft, settleLate(draft.now, new Map(effects.map((one) => [one.code, one])), reread));
    return draft;
  }

  it('that did not look back, what waits waits on', () => {
    const draft = settled(9999, effect());
    expect(draft.late).toEqual({ from: { [OXYGEN]: 5 }, due: DUE, after: 10 });
    expect(draft.timerChanges).toEqual([]);
  });

  it('that read few values again, the next need not wait', () => {
    const draft = settled(FREE_VALUES, late(1), effect({ code: 1 }));
    expect(draft.late).toBeUndefined();
    expect(draft.timerChanges).toEqual([{ timer: TIMER, dueAt: null }]);
  });

  it.each([
    [2001, 501, 126],
    [16_000, 4000, 1000],
    [1_000_000, 30_000, 62_500],
  ])('of %s values the next waits %s ms or for %s late values', (reread, ms, after) => {
    expect(settled(reread, effect({ code: 1 }), late(1)).late).toEqual({ from: {}, due: T0 + ms, after });
  });
});
