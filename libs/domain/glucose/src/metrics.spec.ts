import { describe, expect, it } from '@jest/globals';
import { glucoseMetrics, type GlucoseMetrics } from './index.js';

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
