import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { Kept } from '../state/machine-state.js';
import { fold, machineBefore, NOTHING_KEPT } from './fold.js';
import { gridTimes } from './grid.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T = 1000 * HOUR;

interface Sample {
  readonly t: number;
  readonly x: unknown;
}

/** The last value is the machine: what is kept at a time is the last one before it. */
const last = (_: unknown, { x }: Sample): unknown => x;
const timeOf = ({ t }: Sample): number => t;

/** Folds values from the beginning on. */
function folded(samples: readonly Sample[], newest = samples.at(-1)!.t): Kept<unknown> {
  const start = { machine: null, from: null, before: NOTHING_KEPT, beforeNewest: null };
  return fold<unknown, Sample>(last, timeOf, start, samples, newest);
}

/** Folds on from the newest value. */
function goneOn(
  before: Kept<unknown>,
  beforeNewest: number,
  samples: readonly Sample[],
  newest: number,
): Kept<unknown> {
  return fold<unknown, Sample>(
    last,
    timeOf,
    { machine: before.now, from: beforeNewest, before, beforeNewest },
    samples,
    newest,
  );
}

/** What is kept, by its time. */
function keptAt(kept: Kept<unknown>, newest: number): readonly unknown[] {
  return gridTimes(newest).map((time) => machineBefore(kept, newest, time).machine);
}

describe('fold', () => {
  it('keeps at each time of the grid the machine after all values before that time', () => {
    const samples = [
      { t: T - 7 * HOUR, x: 'a' },
      { t: T - 65 * MINUTE, x: 'b' },
      { t: T - HOUR, x: 'c' },
      { t: T - MINUTE, x: 'd' },
      { t: T, x: 'e' },
    ];
    const kept = folded(samples);
    expect(kept.now).toBe('e');
    expect(machineBefore(kept, T, T)).toEqual({ at: T, machine: 'd' });
    expect(machineBefore(kept, T, T - 1)).toEqual({ at: T - 5 * MINUTE, machine: 'c' });
    expect(machineBefore(kept, T, T - HOUR)).toEqual({ at: T - HOUR, machine: 'b' });
    expect(machineBefore(kept, T, T - 2 * HOUR)).toEqual({ at: T - 2 * HOUR, machine: 'a' });
    // What is older than all that is kept goes on from the oldest.
    const [oldest] = gridTimes(T);
    expect(machineBefore(kept, T, 0)).toEqual({ at: oldest, machine: null });
  });

  it('keeps nothing while nothing is remembered', () => {
    expect(folded([{ t: T, x: null }])).toEqual(NOTHING_KEPT);
    expect(machineBefore(folded([{ t: T, x: null }]), T, T).machine).toBeNull();
  });

  it('lays the grid out up to the newest time, which may be later than the last value', () => {
    const kept = folded([{ t: T, x: 'a' }], T + HOUR);
    expect(machineBefore(kept, T + HOUR, T + HOUR)).toEqual({ at: T + HOUR, machine: 'a' });
  });

  it('leaves the kept machines as they are within one cell', () => {
    const before = folded([{ t: T, x: 'a' }]);
    const after = goneOn(before, T, [{ t: T + MINUTE, x: 'b' }], T + MINUTE);
    expect(after.now).toBe('b');
    expect(after.machines).toBe(before.machines);
    expect(after.grid).toBe(before.grid);
  });

  it('forgets a machine with the last time at which it was kept', () => {
    const before = folded([
      { t: T - 10 * MINUTE, x: 'a' },
      { t: T, x: null },
    ]);
    expect(before.machines).toEqual(['a']);
    const after = goneOn(before, T, [], T + 40 * HOUR);
    expect(after).toEqual(NOTHING_KEPT);
  });

  it.each<[name: string, first: unknown, second: unknown, machines: number]>([
    ['the same value', 'a', 'a', 1],
    ['other values', 'a', 'b', 2],
    ['the same fields', { a: 1, b: [1, { c: 2 }] }, { a: 1, b: [1, { c: 2 }] }, 1],
    ['the same fields in another order', { a: 1, b: 2 }, { b: 2, a: 1 }, 1],
    ['another field', { a: 1 }, { b: 1 }, 2],
    ['a field more', { a: 1 }, { a: 1, b: 1 }, 2],
    ['another value of a field', { a: { b: 1 } }, { a: { b: 2 } }, 2],
    ['a list that is longer', { a: [1] }, { a: [1, 2] }, 2],
    ['a list with another value', { a: [1, 2] }, { a: [1, 3] }, 2],
    ['a list and an object', { a: ['b'] }, { a: { 0: 'b' } }, 2],
    ['an object and a list', { a: { 0: 'b' } }, { a: ['b'] }, 2],
    ['nothing and an object', { a: null }, { a: {} }, 2],
    ['an object and nothing', { a: {} }, { a: null }, 2],
    ['a number and an object', { a: 1 }, { a: {} }, 2],
    ['an object and a number', { a: {} }, { a: 1 }, 2],
  ])('writes equal neighbours once: %s', (_, first, second, machines) => {
    const kept = folded([
      { t: T - 90 * MINUTE, x: first },
      { t: T - 30 * MINUTE, x: second },
      { t: T, x: 'newest' },
    ]);
    expect(kept.machines).toHaveLength(machines);
    expect(keptAt(kept, T).slice(-3)).toEqual([first, second, second]);
  });
});

describe('a fold in parts', () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 60 * 60 }), { minLength: 2, maxLength: 40 });
  const step = (machine: number | null, { x }: Sample): number | null =>
    x === 0 ? null : ((machine ?? 0) * 7 + (x as number)) % 1009;
  const parts = (all: readonly number[]): readonly Sample[] =>
    [...new Set(all)].sort((a, b) => a - b).map((minute) => ({ t: T + minute * MINUTE, x: minute % 4 }));

  const whole = (samples: readonly Sample[], newest: number): Kept<number> =>
    fold<number, Sample>(
      step,
      timeOf,
      { machine: null, from: null, before: NOTHING_KEPT, beforeNewest: null },
      samples,
      newest,
    );

  it('ends in what the whole fold ends in, wherever it was cut', () => {
    fc.assert(
      fc.property(minutes, fc.nat(), (all, cut) => {
        const samples = parts(all);
        const newest = samples.at(-1)!.t;
        const first = samples.slice(0, 1 + (cut % samples.length));
        const beforeNewest = first.at(-1)!.t;
        const before = whole(first, beforeNewest);
        const after = fold<number, Sample>(
          step,
          timeOf,
          { machine: before.now, from: beforeNewest, before, beforeNewest },
          samples.slice(first.length),
          newest,
        );
        expect(after).toEqual(whole(samples, newest));
      }),
      propertyRuns(200),
    );
  });

  it('ends in the same with a late value, folded on from the machine that was kept before it', () => {
    fc.assert(
      fc.property(minutes, fc.nat(), (all, index) => {
        const samples = parts(all);
        const late = samples[index % samples.length]!;
        const known = samples.filter((sample) => sample !== late);
        const beforeNewest = known.at(-1)?.t;
        if (beforeNewest === undefined || late.t > beforeNewest || late.t < beforeNewest - 24 * HOUR) return;
        const before = whole(known, beforeNewest);
        const { at, machine } = machineBefore(before, beforeNewest, late.t);
        const again = samples.filter(({ t }) => t >= at);
        const after = fold<number, Sample>(
          step,
          timeOf,
          { machine, from: at, before, beforeNewest },
          again,
          beforeNewest,
        );
        expect(after).toEqual(whole(samples, beforeNewest));
      }),
      propertyRuns(200),
    );
  });
});
