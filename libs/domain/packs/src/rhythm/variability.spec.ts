import { describe, expect, it } from '@jest/globals';
import type { Cited, Sample } from '#libs/domain/twin';
import { MINUTE, SECOND, T0 } from '#libs/testing/ward';
import { HEART_RATE_VARIABILITY } from './variability.js';

const { step, rewind, read } = HEART_RATE_VARIABILITY;

function runAt(seconds: number, series: readonly number[], over: Partial<Cited> = {}): Sample {
  const cited = {
    identity: `run-${seconds}`,
    version: 1,
    t: T0 + seconds * SECOND,
    x: series.at(-1)!,
    quality: 0,
  } as const;
  return { cited: { ...cited, source: 'belt', code: 2, ...over }, series };
}

const memoryOf = (runs: readonly Sample[]): unknown => runs.reduce(step, null as unknown);
const same = (count: number, interval: number): number[] => Array<number>(count).fill(interval);
/** Intervals that count, and when the first and the last of their runs began, s. */
function kept(memory: unknown) {
  const runs = memory as readonly (readonly [number, readonly number[], number?])[];
  const seconds = (t: number): number => (t - T0) / SECOND;
  return {
    intervals: runs.flatMap(([, intervals]) => intervals),
    from: seconds(runs[0]![2] ?? runs[0]![0]),
    runs: runs.map(([t]) => seconds(t)),
  };
}

/** A course of intervals that all differ, in runs of this many. */
function course(count: number, size: number): Sample[] {
  const runs: Sample[] = [];
  let ms = 0;
  for (let from = 0; from < count; from += size) {
    const series = Array.from({ length: Math.min(size, count - from) }, (_, i) => 700 + ((from + i) % 300));
    runs.push(runAt(ms / SECOND, series));
    ms += series.reduce((sum, each) => sum + each, 0);
  }
  return runs;
}

describe('the intervals of heart-rate variability', () => {
  it('are those of the newest five minutes, however they are cut', () => {
    const [whole] = course(900, 900);
    const { intervals } = kept(memoryOf([whole!]));
    expect(intervals).toEqual(whole!.series!.slice(-intervals.length));
    const lasting = intervals.reduce((sum, each) => sum + each, 0);
    // The last that ends within them is the first that counts.
    expect(lasting - intervals[0]!).toBeLessThan(5 * MINUTE);
    expect(lasting).toBeGreaterThanOrEqual(5 * MINUTE);
    for (const size of [7, 10, 60, 333]) expect(kept(memoryOf(course(900, size))).intervals).toEqual(intervals);
    expect(read(memoryOf(course(900, 7)), whole!.cited)).toEqual(read(memoryOf([whole!]), whole!.cited));
  });

  it('begin anew after more than a second without one', () => {
    const first = runAt(0, same(10, 800));
    expect(kept(memoryOf([first, runAt(9, same(5, 800))])).runs).toEqual([0, 9]);
    expect(kept(memoryOf([first, runAt(9.001, same(5, 800))])).runs).toEqual([9.001]);
  });

  it('join also where part of the run before no longer counts', () => {
    // Of the first run the last three minutes are left when the second has come.
    const memory = memoryOf([runAt(0, same(240, 1000)), runAt(240, same(120, 1000))]);
    expect(kept(memory)).toMatchObject({ from: 60, runs: [0, 240] });
    expect(kept(step(memory, runAt(360, same(10, 1000))))).toMatchObject({ from: 70, runs: [0, 240, 360] });
    expect(kept(memory).intervals).toHaveLength(300);
  });

  it('are none of a run that ended five minutes ago', () => {
    expect(kept(memoryOf([runAt(0, same(10, 1000)), runAt(10, same(300, 1000))])).runs).toEqual([10]);
    expect(kept(memoryOf([runAt(0, same(10, 1000)), runAt(10, same(299, 1000))])).runs).toEqual([0, 10]);
  });

  it('are at most as many as beats of 300/min make in five minutes', () => {
    const fast = memoryOf([runAt(0, same(1000, 100)), runAt(100, same(1000, 100))]);
    expect(kept(fast)).toMatchObject({ from: 50, runs: [0, 100] });
    expect(kept(fast).intervals).toHaveLength(1500);
    const full = memoryOf([runAt(0, same(10, 100)), runAt(1, same(1500, 100))]);
    expect(kept(full).runs).toEqual([1]);
  });

  it('are good ones only, in order of time', () => {
    const memory = memoryOf([runAt(10, same(10, 800))]);
    expect(step(memory, runAt(18, same(10, 800), { quality: 1 }))).toBe(memory);
    expect(step(memory, runAt(10, same(10, 900)))).toBe(memory);
    expect(step(memory, runAt(9, same(10, 900)))).toBe(memory);
    expect(step(null, runAt(18, same(10, 800), { quality: 1 }))).toBeNull();
  });

  it('are one where a single interval was sent', () => {
    const { cited } = runAt(0, [812]);
    expect(kept(step(null, { cited })).intervals).toEqual([812]);
  });
});

describe('a run that comes late, or is withdrawn', () => {
  it('has the intervals taken again from where the kept ones begin, and what may reach into the five minutes before the newest run', () => {
    const long = memoryOf([runAt(0, same(240, 1000)), runAt(240, same(120, 1000))]);
    expect(rewind(long, T0 + 200 * SECOND)).toEqual({ memory: null, from: T0 + (240 - 20 * 60) * SECOND });
    const short = memoryOf([runAt(0, same(400, 1000))]);
    expect(rewind(short, T0)).toEqual({ memory: null, from: T0 - 20 * MINUTE });
    expect(rewind(null, T0)).toEqual({ memory: null, from: T0 - 20 * MINUTE });
  });
});

describe('heart-rate variability', () => {
  it('is refused where too few intervals are known', () => {
    expect(read(null, runAt(0, [800]).cited)).toHaveProperty('refused');
  });

  it('is the spread of the intervals, with what else is known of it', () => {
    const memory = memoryOf([
      runAt(
        0,
        Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 780 : 820)),
      ),
    ]);
    const shown = read(memory, runAt(0, [800]).cited);
    expect(shown).toMatchObject({ value: expect.closeTo(20, 0), parts: { rmssdMs: expect.closeTo(40, 0) } });
    expect(shown).not.toHaveProperty('parts.sdnnMs');
  });
});
