import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, SECOND, T0 } from '#libs/testing/ward';
import { clockOf, given, ORIGIN, shifts, streamOf, value, wave } from '../fixtures/clocks.fixture.js';
import { stillAhead } from './clocks.js';

const ECG = 12;
const DAY = 24 * HOUR;

describe('times as they should be', () => {
  it.each([0, -1, -MINUTE])('are not moved: %s ms beside the receipt', (ahead) => {
    expect(shifts(given(), value(ahead))).toBeUndefined();
  });

  it.each([-MINUTE - 1, -DAY])('nor when they are late: %s ms', (ahead) => {
    const draft = given();
    expect(shifts(draft, value(ahead))).toEqual([undefined]);
    expect(draft.clocks).toEqual({});
  });

  it('up to two seconds ahead a value counts as received, a series stays', () => {
    for (const ahead of [1, 2000]) {
      const draft = given();
      expect(shifts(draft, value(ahead), { ...value(ahead), c: 1 })).toEqual([ahead, ahead]);
      expect(shifts(draft, wave(ahead))).toEqual([undefined]);
      expect(draft.clocks).toEqual({});
    }
  });

  it('what is withdrawn, has no time or is more than a day ahead keeps its place', () => {
    const draft = given();
    expect(shifts(draft, value(MINUTE, { w: 1 }), value(NaN), value(DAY + 1))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(draft.clocks).toEqual({});
    expect(shifts(draft, value(DAY))).toEqual([DAY + 2000]);
  });
});

describe('a clock that is ahead', () => {
  it('has its values judged two seconds before their receipt, its series a minute', () => {
    expect(shifts(given(), value(2001))).toEqual([4001]);
    expect(shifts(given(), wave(2001))).toEqual([62_001]);
  });

  it('is kept, and reported from more than ten seconds', () => {
    const draft = given();
    shifts(draft, value(10_000));
    expect(draft.clocks).toEqual({
      [ORIGIN]: { source: 'gw', off: 10_000, since: T0, heard: T0, told: 0, rightSince: T0 },
    });
    const noticed = given();
    shifts(noticed, value(10_001));
    expect(noticed.clocks[ORIGIN]).toMatchObject({ off: 10_001, told: 10_001, rightSince: null });
  });

  it.each([
    [32_000, 30_000],
    [32_001, 32_001],
    [25_001, 30_000],
    [25_000, 25_000],
  ])('by 30 s, and now %s ms, is taken to be ahead by %s', (ahead, off) => {
    const draft = given(clockOf(30_000));
    expect(shifts(draft, value(ahead))).toEqual([off + 2000]);
    const since = off === 30_000 ? 1 : T0;
    expect(draft.clocks[ORIGIN]).toEqual(clockOf(off, { told: 30_000, heard: T0, since }));
  });

  it.each([
    [30_000, 90_000, 30_000],
    [30_000, 90_001, 90_001],
    [200_000, 300_000, 200_000],
    [200_000, 300_001, 300_001],
    [200_000, 10_000, 200_000],
    [200_000, 10_001, 10_001],
    [-30_000, 15_000, 15_000],
  ])('told as %s ms, and now by %s, was told as %s', (told, ahead, now) => {
    const draft = given(clockOf(0, { told }));
    shifts(draft, value(ahead));
    expect(draft.clocks[ORIGIN]!.told).toBe(now);
  });

  it('is right since it was first off by little', () => {
    const draft = given(clockOf(0, { rightSince: 5 }));
    shifts(draft, value(9000));
    expect(draft.clocks[ORIGIN]!.rightSince).toBe(5);
    shifts(draft, value(9000));
    expect(draft.clocks[ORIGIN]!.rightSince).toBe(5);
    const unknown = given(clockOf(0));
    shifts(unknown, value(9000));
    expect(unknown.clocks[ORIGIN]!.rightSince).toBe(T0);
  });

  it('that was set right is right from now, or forgotten when it was not reported', () => {
    const told = given(clockOf(30_000, { late: { by: 1, since: 1, records: 1 } }));
    expect(shifts(told, value(1500))).toEqual([1500]);
    expect(told.clocks[ORIGIN]).toStrictEqual(clockOf(0, { told: 30_000, heard: T0, rightSince: T0 }));
    const again = given(clockOf(0, { told: 30_000, rightSince: 5 }));
    shifts(again, value(0));
    expect(again.clocks[ORIGIN]!.rightSince).toBe(5);
    const little = given(clockOf(5000, { told: 0 }));
    expect(shifts(little, value(-1000))).toEqual([undefined]);
    expect(little.clocks).toEqual({});
  });
});

describe('the values of one record', () => {
  it('are moved as a whole where their times do not go back', () => {
    expect(shifts(given(), value(-SECOND), value(30_000), value(30_000))).toEqual([32_000, 32_000, 32_000]);
  });

  it('are judged in parts where they do: a clock was set', () => {
    expect(shifts(given(), value(30_000), value(-SECOND))).toEqual([32_000, undefined]);
  });

  it('are judged by sender', () => {
    const draft = given();
    const mixed = [
      value(30_000, { f: 'other' }),
      value(-SECOND),
      value(50_000, { d: 'pump' }),
      value(-SECOND, { d: '' }),
    ];
    expect(shifts(draft, ...mixed)).toEqual([32_000, undefined, 52_000, undefined]);
    expect(Object.keys(draft.clocks).sort()).toEqual(['d:pump', 'f:other']);
    expect(draft.clocks['d:pump']!.source).toBe('gw');
  });
});

describe('doses, meals and settings that are stamped for later', () => {
  const dose = (ahead: number, c = 18) => value(ahead, { c, x: 2 });

  it.each([18, 19, 20, 21])('are planned (measure %d): neither they nor what is measured beside them is moved', (c) => {
    for (const record of [
      [value(-SECOND), dose(8 * MINUTE, c)],
      [dose(8 * MINUTE, c), value(-SECOND)],
    ]) {
      const draft = given();
      expect(shifts(draft, ...record)).toEqual([undefined, undefined]);
      expect(draft.clocks[ORIGIN]).toMatchObject({ off: 0, told: 0 });
    }
  });

  it('are planned up to ten minutes ahead', () => {
    expect(shifts(given(), dose(2001))).toEqual([undefined]);
    expect(shifts(given(), dose(600_000))).toEqual([undefined]);
    expect(shifts(given(), dose(600_001))).toEqual([602_001]);
  });

  it('come with the clock where what is measured is ahead too, or was', () => {
    expect(shifts(given(), dose(30_000), value(29_000))).toEqual([32_000, 32_000]);
    expect(shifts(given(clockOf(30_000)), dose(29_000))).toEqual([32_000]);
    expect(shifts(given(clockOf(30_000)), dose(300_000))).toEqual([undefined]);
  });

  it('say nothing of a clock that looks late', () => {
    const draft = given(clockOf(0, { told: 0, late: { by: 480_000, since: 1, records: 2 } }), {
      [`1|${ORIGIN}`]: streamOf(T0, { heard: T0 + HOUR }),
    });
    expect(shifts(draft, value(-HOUR, { c: 1 }))).toEqual([undefined]);
    expect(draft.clocks[ORIGIN]!.late).toMatchObject({ records: 2 });
  });
});

describe('a series that goes on where the one before ended', () => {
  const stream = { [`${ECG}|${ORIGIN}`]: streamOf(T0 + 8000, { end: T0 + 10_000 }) };

  it.each([
    [10_000, true],
    [15_000, true],
    [15_001, false],
    [8000, false],
  ])('is no clock that differs: begins %s ms after its receipt: %s', (ahead, goesOn) => {
    const draft = given(undefined, stream);
    expect(shifts(draft, wave(ahead))).toEqual([goesOn ? undefined : ahead + 60_000]);
    expect(Object.keys(draft.clocks)).toHaveLength(goesOn ? 0 : 1);
  });

  it('goes on with the clock as it was known', () => {
    const draft = given(clockOf(90_000), stream);
    expect(shifts(draft, wave(12_000))).toEqual([150_000]);
    expect(draft.clocks[ORIGIN]!.heard).toBe(T0);
  });

  it('says so of all that is sent with it', () => {
    expect(shifts(given(undefined, stream), wave(12_000), value(13_000))).toEqual([undefined, undefined]);
    expect(shifts(given(undefined, stream), value(11_000), wave(12_000))).toEqual([undefined, undefined]);
  });
});

describe('clocks', () => {
  it('that are ahead have series as much later in the store, and a minute', () => {
    expect(stillAhead({ clocks: {} })).toBe(0);
    expect(stillAhead({ clocks: { a: clockOf(1000), b: clockOf(3000), c: clockOf(-HOUR) } })).toBe(63_000);
    expect(stillAhead({ clocks: { c: clockOf(-HOUR) } })).toBe(0);
  });

  it('are sixteen at most: the one not heard for longest is forgotten', () => {
    const draft = given();
    for (let i = 0; i < 15; i++)
      draft.clocks = { ...draft.clocks, [`f:s${i}`]: clockOf(30_000, { heard: 100 - (i % 14) }) };
    shifts(draft, value(30_000));
    expect(Object.keys(draft.clocks)).toHaveLength(16);
    shifts(draft, value(30_000, { f: 'new' }));
    expect(Object.keys(draft.clocks)).toHaveLength(16);
    expect(draft.clocks).not.toHaveProperty(['f:s13']);
  });
});
