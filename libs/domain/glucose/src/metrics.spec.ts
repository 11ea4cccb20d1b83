import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { glucoseMetrics, type GlucoseMetrics, type GlucoseReading } from './index.js';

const MINUTE = 60_000;
const every5 = (values: readonly number[]) => values.map((mgdl, i) => ({ t: i * 5 * MINUTE, mgdl }));

function metrics(values: readonly number[], options = {}): GlucoseMetrics {
  const found = glucoseMetrics(every5(values), options);
  if (found.kind === 'refused') throw new Error(found.reason);
  return found;
}

describe('metrics of a window', () => {
  it('counts shares of readings, with the limits on their own side', () => {
    const found = metrics([53.9, 54, 69.9, 70, 180, 180.1, 250, 250.1, 100, 100]);
    expect(found).toMatchObject({
      readings: 10,
      below54Percent: 10,
      belowRangePercent: 30,
      inRangePercent: 40,
      aboveRangePercent: 30,
      above250Percent: 10,
    });
    // 3 x 10 + 2.4 x 20 + 1.6 x 10 + 0.8 x 20, capped at 100.
    expect(found.gri).toBe(100);
    expect(metrics([100, 100, 100, 200]).gri).toBeCloseTo(20, 10);
  });

  it('gives mean, sample deviation, GMI and the risk indices by their formulas', () => {
    const found = metrics([80, 120, 160]);
    expect(found.mean).toBe(120);
    expect(found.sd).toBe(40);
    expect(found.cvPercent).toBeCloseTo(33.333, 3);
    expect(found.gmiPercent).toBeCloseTo(3.31 + 0.02392 * 120, 10);
    const f = (x: number): number => 1.509 * (Math.log(x) ** 1.084 - 5.381);
    expect(found.lbgi).toBeCloseTo((10 * f(80) ** 2) / 3, 10);
    expect(found.hbgi).toBeCloseTo((10 * (f(120) ** 2 + f(160) ** 2)) / 3, 10);
  });

  it('has other ranges in pregnancy', () => {
    const values = [62, 63, 65, 140, 141, 150];
    expect(metrics(values, { pregnancy: true })).toMatchObject({ inRangePercent: 50 });
    expect(metrics(values).inRangePercent).toBeCloseTo(50, 5);
    expect(metrics(values, { pregnancy: true }).belowRangePercent).toBeCloseTo(100 / 6, 10);
  });

  it('says how much was worn, and warns', () => {
    const half = every5(Array.from({ length: 289 }, () => 110)).filter((_, i) => i < 72 || i > 216);
    const found = glucoseMetrics(half);
    expect(found).toMatchObject({ kind: 'metrics', days: 1, warnings: ['under-70-percent-active', 'under-14-days'] });
    expect((found as GlucoseMetrics).activePercent).toBeCloseTo((100 * 144) / 289, 5);
  });

  it('takes readings in any order and of one moment the last, and leaves out what is no number', () => {
    const given = [
      { t: 10, mgdl: 200 },
      { t: 0, mgdl: 100 },
      { t: 10, mgdl: 120 },
      { t: 20, mgdl: Number.NaN },
      { t: Number.NaN, mgdl: 90 },
      { t: 30, mgdl: -5 },
    ];
    expect(glucoseMetrics(given)).toMatchObject({ readings: 2, mean: 110 });
    expect(glucoseMetrics([])).toEqual({ kind: 'refused', reason: 'no-readings' });
    expect(glucoseMetrics([{ t: 0, mgdl: 100 }])).toMatchObject({ readings: 1, sd: 0, activePercent: 100 });
  });
});

describe('events', () => {
  const low = (values: readonly number[]) => metrics(values).events.low;
  const well = [100, 100, 100, 100];

  it('begin with 15 min beyond and end with 15 min back', () => {
    expect(low([...well, 69, 69, ...well])).toBe(0);
    expect(low([...well, 69, 69, 69, ...well])).toBe(1);
    // Ten minutes back are no end, fifteen are one.
    expect(low([69, 69, 69, 100, 100, 69, 69, 69, ...well])).toBe(1);
    expect(low([69, 69, 69, 100, 100, 100, 69, 69, 69, ...well])).toBe(2);
    expect(low([69, 69, 100, 69, 69, ...well])).toBe(0);
  });

  it('do not go on across a pause', () => {
    const readings = [0, 5, 60, 65, 70].map((minutes) => ({ t: minutes * MINUTE, mgdl: 60 }));
    expect(glucoseMetrics(readings)).toMatchObject({ events: { low: 1, prolongedLow: 0 } });
  });

  it('are prolonged after two hours, and counted at each level', () => {
    const long = [...well, ...Array.from({ length: 25 }, () => 50), ...well];
    expect(metrics(long).events).toEqual({ low: 1, veryLow: 1, prolongedLow: 1, high: 0, veryHigh: 0 });
    expect(metrics([...well, 260, 260, 260, ...well, 190, 190, 190]).events).toMatchObject({ high: 2, veryHigh: 1 });
  });
});

describe('weighed by time', () => {
  /** Courses of a sensor at one pace, with pauses. */
  const course = fc
    .record({
      pace: fc.constantFrom(1, 3, 5, 15),
      values: fc.array(fc.integer({ min: 40, max: 400 }), { minLength: 8, maxLength: 120 }),
      pauses: fc.array(fc.nat(119), { maxLength: 3 }),
    })
    .map(({ pace, values, pauses }) => {
      let t = 0;
      return values.map((mgdl, i) => {
        // A pause has at least three readings on either side, so that their pace is known.
        const isPause = pauses.some((at) => at === i) && i > 3 && i < values.length - 3;
        t += (isPause ? 100 : pace) * MINUTE;
        return { t, mgdl };
      });
    })
    .filter((all) => apart(all));

  /** Pauses that leave fewer readings between them say nothing of a pace. */
  function apart(all: readonly { readonly t: number }[]): boolean {
    const at = all.flatMap(({ t }, i) => (i > 0 && t - all[i - 1]!.t > 15 * MINUTE ? [i] : []));
    return at.every((i, k) => k === 0 || i - at[k - 1]! > 4);
  }

  function expectSame(a: readonly GlucoseReading[], b: readonly GlucoseReading[], but: readonly string[] = []): void {
    const [x, y] = [glucoseMetrics(a), glucoseMetrics(b)];
    if (x.kind === 'refused' || y.kind === 'refused') throw new Error('refused');
    for (const [name, value] of Object.entries(x)) {
      const other = (y as unknown as Record<string, unknown>)[name];
      if (but.includes(name)) continue;
      if (typeof value === 'number') expect([name, other]).toEqual([name, expect.closeTo(value, 6)]);
      else expect([name, other]).toEqual([name, value]);
    }
  }

  it('copies of any readings change nothing, at the same moment or by some seconds', () => {
    fc.assert(
      fc.property(
        course,
        fc.infiniteStream(fc.record({ copy: fc.boolean(), late: fc.nat(25), off: fc.nat(2) })),
        (all, draws) => {
          const copies = all.flatMap(({ t, mgdl }) => {
            const { copy, late, off } = draws.next().value as { copy: boolean; late: number; off: number };
            return copy ? [{ t: t + late * 1000, mgdl: late === 0 ? mgdl : mgdl + off }] : [];
          });
          expectSame(all, [...copies, ...all]);
          expectSame(all, [...all, ...copies.filter(({ t }) => all.some((one) => one.t === t)).reverse(), ...all]);
        },
      ),
      propertyRuns(100),
    );
  });

  /** Each reading that `isDense` picks as a sensor would store it that stores `times` as often. */
  function denser(all: readonly GlucoseReading[], times: number, isDense: (i: number) => boolean): GlucoseReading[] {
    const pace = Math.min(...all.slice(1).map(({ t }, i) => t - all[i]!.t));
    return all.flatMap((one, i) =>
      isDense(i) ? Array.from({ length: times }, (_, k) => ({ t: one.t + (k * pace) / times, mgdl: one.mgdl })) : [one],
    );
  }
  const times = fc.constantFrom(2, 3, 5);
  const BUT = ['readings', 'days', 'warnings'];

  it('another pace between two pauses changes nothing', () => {
    fc.assert(
      fc.property(course, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), times, (all, picks, by) => {
        const stretch = all.map(
          ({ t }, i) =>
            all.filter((one, k) => k > 0 && k <= i && one.t <= t && one.t - all[k - 1]!.t > 15 * MINUTE).length,
        );
        fc.pre(Math.min(...all.slice(1).map(({ t }, i) => t - all[i]!.t)) / by > 30_000);
        expectSame(
          all,
          denser(all, by, (i) => picks[stretch[i]!] === true),
          BUT,
        );
      }),
      propertyRuns(100),
    );
  });

  it('a change of pace changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 40, max: 400 }), { minLength: 12, maxLength: 100 }),
        fc.constantFrom(5, 15),
        fc.nat(100),
        fc.nat(100),
        times,
        (values, pace, from, length, by) => {
          const all = values.map((mgdl, i) => ({ t: i * pace * MINUTE, mgdl }));
          // A pace is known by three steps.
          const until = Math.min(3 + from + length, values.length - 4);
          expectSame(
            all,
            denser(all, by, (i) => i >= 3 + from && i < until),
            BUT,
          );
        },
      ),
      propertyRuns(100),
    );
  });

  it('a second sensor that agrees changes nothing, however often it measures', () => {
    const slow = Array.from({ length: 288 }, (_, i) => ({
      t: i * 5 * MINUTE,
      mgdl: i < 96 ? 60 : i < 192 ? 120 : 260,
    }));
    const fast = slow.flatMap(({ t, mgdl }, i) =>
      i < 96 ? Array.from({ length: 5 }, (_, k) => ({ t: t + k * MINUTE + 31_000, mgdl })) : [],
    );
    const found = glucoseMetrics([...slow, ...fast]);
    if (found.kind === 'refused') throw new Error(found.reason);
    // By number of readings it would be 71 % under range.
    expect(found.belowRangePercent).toBeCloseTo(33.33, 0);
    expect(found.aboveRangePercent).toBeCloseTo(33.33, 0);
  });
});
