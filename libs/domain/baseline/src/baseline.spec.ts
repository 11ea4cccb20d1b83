import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { BASELINE_SPECS, deviationOf, observe, rewind, usualAt, type BaselineState, type Usual } from './index.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 2, 1);
const HEART = BASELINE_SPECS['heart-rate'];

type Value = readonly [t: number, x: number];

/** Repeatable noise, about normal with a standard deviation of 1. */
function noise(i: number): number {
  const u = (k: number): number => {
    const x = Math.sin((i + 1) * 12.9898 + k * 78.233) * 43_758.5453;
    return x - Math.floor(x);
  };
  return (u(1) + u(2) + u(3) + u(4) - 2) * Math.sqrt(3);
}

/** Slow nights and quick days, a value each 20 min, days that differ by 3 and values that differ by 5. */
function heart(t: number): number {
  const hour = (t % DAY) / HOUR;
  const usual = hour < 6 ? 55 : 75;
  return Math.round(usual + 3 * noise(Math.floor(t / DAY)) + 5 * noise(t / (20 * MINUTE)));
}

function days(from: number, count: number, of: (t: number) => number = heart): Value[] {
  return Array.from({ length: count * 72 }, (_, i) => {
    const t = T0 + from * DAY + i * 20 * MINUTE;
    return [t, of(t)] as const;
  });
}

function after(values: readonly Value[], before: BaselineState | null = null): BaselineState | null {
  return values.reduce((state, [t, x]) => observe(HEART, state, t, x), before);
}

function usual(state: BaselineState | null, t: number): Usual {
  const known = usualAt(HEART, state, t);
  if ('refused' in known) throw new Error(known.refused);
  return known;
}

describe('what is usual', () => {
  const known = after(days(0, 21));
  const at = (hour: number): number => T0 + 20 * DAY + hour * HOUR;

  it('is this person, at this time of day', () => {
    expect(Math.abs(usual(known, at(22)).expected - 75)).toBeLessThan(3);
    const night = usual(after(days(21, 1).slice(0, 10), known), at(25));
    expect(Math.abs(night.expected - 55)).toBeLessThan(3);
    expect(night.days).toBeGreaterThan(15);
  });

  it('has a spread near that of the values, of days and within them', () => {
    const { spread } = usual(known, at(22));
    expect(spread).toBeGreaterThan(0.7 * Math.hypot(3, 5));
    expect(spread).toBeLessThan(1.4 * Math.hypot(3, 5));
  });

  it('gives a deviation in spreads', () => {
    expect(deviationOf({ expected: 60, spread: 5, days: 9 }, 80)).toBe(4);
    const counted = days(21, 7).reduce<[BaselineState | null, number]>(
      ([state, beyond], [t, x]) => {
        const next = observe(HEART, state, t, x);
        return [next, beyond + (Math.abs(deviationOf(usual(next, t), x)) > 3 ? 1 : 0)];
      },
      [known, 0],
    )[1];
    expect(counted).toBeLessThan(0.02 * 7 * 72);
  });

  it('never counts in less than the least spread', () => {
    const { spread } = usual(after(days(0, 30, () => 60)), T0 + 29 * DAY + 22 * HOUR);
    expect(spread).toBe(HEART.least);
  });
});

describe('cold start', () => {
  it('says nothing before five days of a time of day are known and a day old', () => {
    const firstKnown = days(0, 9).reduce<[BaselineState | null, number | null]>(
      ([state, first], [t, x]) => {
        const next = observe(HEART, state, t, x);
        return [next, first ?? ('refused' in usualAt(HEART, next, t) ? null : t)];
      },
      [null, null],
    )[1]!;
    // The bin from 0 to 3 of the fifth day is a whole day old after three hours of the sixth.
    expect((firstKnown - T0) / HOUR).toBe(5 * 24 + 3);
    expect(usualAt(HEART, null, T0)).toEqual({ refused: 'cold-start' });
    expect(usualAt(HEART, after(days(0, 4)), T0 + 4 * DAY - 1)).toEqual({ refused: 'cold-start' });
  });

  it('takes the neighbours where a time of day has too few days, less sure of itself', () => {
    const morningsOnly = after(days(0, 9).filter(([t]) => t % DAY >= 9 * HOUR && t % DAY < 12 * HOUR));
    const next = T0 + 9 * DAY;
    const own = usual(morningsOnly, next + 10 * HOUR);
    const beside = usual(morningsOnly, next + 13 * HOUR);
    expect(beside.expected).toBe(own.expected);
    expect(beside.spread).toBeGreaterThan(own.spread);
    expect(usualAt(HEART, morningsOnly, next + 16 * HOUR)).toEqual({ refused: 'time-of-day-unknown' });
  });

  it('begins anew after a pause of 28 days', () => {
    const known = after(days(0, 12));
    expect(usualAt(HEART, known, T0 + 41 * DAY)).toEqual({ refused: 'outdated' });
    const back = after(days(45, 3), known);
    expect(usualAt(HEART, back, T0 + 48 * DAY - 1)).toEqual({ refused: 'cold-start' });
    expect('refused' in usualAt(HEART, after(days(30, 3), known), T0 + 33 * DAY - 1)).toBe(false);
  });
});

describe('robustness', () => {
  it('is hardly moved by one value in ten that is anything at all', () => {
    const clean = days(0, 14);
    const at = T0 + 14 * DAY - 1;
    const plain = usual(after(clean), at);
    const wrong = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 10, max: 300 })), { minLength: 101, maxLength: 101 });
    fc.assert(
      fc.property(wrong, (places) => {
        const spoilt = clean.map((value, i): Value => {
          const [place, x] = places[Math.floor(i / 10)]!;
          return i % 10 === place ? [value[0], x] : value;
        });
        const { expected, spread } = usual(after(spoilt), at);
        expect(Math.abs(expected - plain.expected)).toBeLessThan(plain.spread / 2);
        expect(spread).toBeLessThan(1.6 * plain.spread);
        expect(spread).toBeGreaterThan(plain.spread / 1.6);
      }),
      propertyRuns(20),
    );
  });

  it('is hardly moved by a day of illness, nor by two ill days among the first five', () => {
    const at = T0 + 14 * DAY - 1;
    const plain = usual(after(days(0, 14)), at);
    for (const ill of [[10], [0, 1]]) {
      const { expected, spread } = usual(
        after(days(0, 14, (t) => heart(t) + (ill.includes(Math.floor((t - T0) / DAY)) ? 40 : 0))),
        at,
      );
      expect(Math.abs(expected - plain.expected)).toBeLessThan(plain.spread / 2);
      expect(deviationOf({ expected, spread, days: 9 }, plain.expected + 40)).toBeGreaterThan(3);
    }
  });

  it('takes a lasting change for usual within weeks, not days', () => {
    const known = after(days(0, 21));
    const risen = (count: number): number => {
      const state = after(
        days(21, count, (t) => heart(t) + 40),
        known,
      );
      const { expected, spread } = usual(state, T0 + (21 + count) * DAY - 1);
      return deviationOf({ expected, spread, days: 21 }, 75 + 40);
    };
    expect(risen(4)).toBeGreaterThan(3.5);
    expect(risen(70)).toBeLessThan(1);
  });

  it('moves by a bounded step a day, whatever the day was', () => {
    const known = after(days(0, 30));
    // Of the last bin of the day, all of them are in; a day later, the first of the three is, too.
    const before = usual(after(days(30, 1), known), T0 + 32 * DAY - 1);
    const later = after(
      days(30, 3, () => 300),
      known,
    );
    const next = usual(later, T0 + 33 * DAY - 1);
    expect(next.expected - before.expected).toBeLessThanOrEqual((1.5 * before.spread) / 21 + 0.001);
    expect(next.expected).toBeGreaterThan(before.expected);
  });
});

describe('order and memory', () => {
  it('takes the first value of each ten minutes, and leaves out an earlier one', () => {
    const state = after([[T0 + 5 * MINUTE, 60]]);
    expect(after([[T0 + 9 * MINUTE, 90]], state)).toBe(state);
    expect(after([[T0 - HOUR, 90]], state)).toBe(state);
    expect(after([[T0 + 10 * MINUTE, 90]], state)!.values).toEqual([60, 90]);
  });

  it('taken back and observed again is as if all had come in order', () => {
    const all = days(0, 9);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 72 }), fc.integer({ min: 1, max: 71 }), (ago, count) => {
        const late = all.slice(all.length - ago, all.length - ago + count);
        const early = after(all.filter((value) => !late.includes(value)));
        const { state, from } = rewind(HEART, early, late[0]![0]);
        expect(late[0]![0] - from).toBeLessThan(3 * HOUR);
        const again = after(
          all.filter(([t]) => t >= from),
          state,
        );
        expect(again).toEqual(after(all));
      }),
      propertyRuns(25),
    );
  });

  it('says the same of a time later on as it did then, up to 30 h back', () => {
    const all = days(0, 12);
    fc.assert(
      fc.property(fc.integer({ min: 6 * 72, max: 10 * 72 }), fc.integer({ min: 0, max: 90 }), (index, more) => {
        const then = after(all.slice(0, index + 1));
        const later = after(all.slice(index + 1, index + 1 + more), then);
        const t = all[index]![0];
        expect(usualAt(HEART, later, t)).toEqual(usualAt(HEART, then, t));
      }),
      propertyRuns(40),
    );
  });

  it('is plain JSON under 1 kB, finite and the same after storing, whatever came', () => {
    const value = fc.tuple(fc.integer({ min: 0, max: 40 * 144 }), fc.double({ min: 10, max: 300, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400 }), (values) => {
        const ordered = values.map(([slot, x]): Value => [T0 + slot * 10 * MINUTE, Math.round(x * 10) / 10]);
        ordered.sort((a, b) => a[0] - b[0]);
        const state = after(ordered);
        const text = JSON.stringify(state);
        expect(text.length).toBeLessThan(1000);
        expect(JSON.parse(text)).toEqual(state);
      }),
      propertyRuns(40),
    );
    for (const count of [5, 6, 30]) expect(JSON.stringify(after(days(0, count))).length).toBeLessThan(1000);
  });
});
