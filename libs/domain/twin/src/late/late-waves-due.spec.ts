import { describe, expect, it } from '@jest/globals';
import { MINUTE, T0 } from '#libs/testing/ward';
import { draftWith } from '../fixtures/draft.fixture.js';
import { merge } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import { dueSpans, isWaveDue, settleWaves, type Span } from './late-waves.js';

const TIMER = 'late-waves';
const DUE = T0 + 5000;

/** A draft that waits until `DUE` or for 100 late values more. */
function waiting(spans: readonly (readonly [number, number])[] = [], now = T0): Draft {
  const draft = draftWith({}, now);
  draft.lateWaves = { spans, due: DUE, after: 100 };
  return draft;
}

/** The stretches that are judged again; the draft keeps those that wait. */
function spansDue(draft: Draft, own: readonly Span[], brought: number): readonly Span[] {
  const { spans, changes } = dueSpans(draft, own, brought);
  merge(draft, changes);
  return spans;
}

describe('stretches of late waveforms', () => {
  it('are judged again at once when nothing was judged again lately', () => {
    const own = [{ from: 1, until: 2 }];
    expect(spansDue(draftWith({}), own, 1)).toBe(own);
  });

  it('wait until the last time is paid by time', () => {
    const draft = waiting([], DUE - 1);
    expect(spansDue(draft, [{ from: 1, until: 2 }], 30)).toEqual([]);
    expect(draft.lateWaves).toEqual({ spans: [[1, 2]], due: DUE, after: 70 });
    expect(draft.timerChanges).toEqual([{ timer: TIMER, dueAt: DUE }]);
    expect(spansDue(waiting([[1, 2]], DUE), [], 0)).toEqual([{ from: 1, until: 2 }]);
  });

  it('or by late values', () => {
    expect(spansDue(waiting(), [{ from: 1, until: 2 }], 99)).toEqual([]);
    expect(spansDue(waiting(), [{ from: 1, until: 2 }], 100)).toEqual([{ from: 1, until: 2 }]);
  });

  it('stay as they are with a record that brings none before its time', () => {
    const draft = waiting([[1, 2]], DUE - 1);
    const before = draft.lateWaves;
    expect(spansDue(draft, [], 0)).toEqual([]);
    expect(draft.lateWaves).toBe(before);
    expect(draft.timerChanges).toEqual([]);
  });

  it('wait as one when they are no more than a minute apart, in order of time', () => {
    const late = { from: 300 + MINUTE, until: 400 + MINUTE };
    const far = { from: late.until + MINUTE + 1, until: late.until + 2 * MINUTE };
    const draft = waiting(
      [
        [200, 300],
        [far.from, far.until],
      ],
      DUE,
    );
    expect(spansDue(draft, [late], 1)).toEqual([{ from: 200, until: late.until }, far]);
  });

  it('one within another does not shorten it', () => {
    expect(spansDue(waiting([[200, 900]], DUE), [{ from: 300, until: 400 }], 1)).toEqual([{ from: 200, until: 900 }]);
  });

  it('are judged again at once when more than 32 wait', () => {
    const spans = (n: number) => Array.from({ length: n }, (_, i) => ({ from: i * 2 * MINUTE, until: i * 2 * MINUTE }));
    expect(spansDue(waiting(), spans(32), 1)).toEqual([]);
    expect(spansDue(waiting(), spans(33), 1)).toHaveLength(33);
  });

  it('are due with the first record at or after their time', () => {
    expect(isWaveDue(draftWith({}, DUE))).toBe(false);
    expect(isWaveDue(waiting([], DUE))).toBe(false);
    expect(isWaveDue(waiting([[1, 2]], DUE - 1))).toBe(false);
    expect(isWaveDue(waiting([[1, 2]], DUE))).toBe(true);
  });
});

describe('the wait after stretches were judged again', () => {
  it('is none for few values', () => {
    const draft = waiting([[1, 2]]);
    draft.timers = { ...draft.timers, [TIMER]: DUE };
    merge(draft, settleWaves(draft.now, 2000));
    expect(draft.lateWaves).toBeUndefined();
    expect(draft.timerChanges).toEqual([{ timer: TIMER, dueAt: null }]);
  });

  it.each([
    [2001, 126, 1001],
    [32_000, 2000, 16_000],
    [160_000, 10_000, 80_000],
    [1_600_000, 10_000, 800_000],
  ])('is in proportion to %s values, and no more than ten seconds', (reread, ms, after) => {
    const draft = waiting([[1, 2]]);
    merge(draft, settleWaves(draft.now, reread));
    expect(draft.lateWaves).toEqual({ spans: [], due: T0 + ms, after });
  });
});
