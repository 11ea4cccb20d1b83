import { describe, expect, it } from '@jest/globals';
import { brokenLine, nearestReading, readingsOf, type MeasuredPoint } from './readings.js';

const T0 = Date.parse('2026-11-29T12:00:00Z');
const MINUTE = 60_000;
const iso = (minute: number): string => new Date(T0 + minute * MINUTE).toISOString();

function point(minute: number, value: number, over: Partial<MeasuredPoint> = {}): MeasuredPoint {
  return { at: iso(minute), value, quality: 'good', source: 'monitor', ...over };
}

describe('readings of a series', () => {
  it('holds values and gaps in the order of time, a gap behind the value before it', () => {
    const readings = readingsOf([point(0, 70), point(1, 71), point(30, 80)], [{ from: iso(1), to: iso(30) }]);
    expect(readings.map((one) => [one.kind, (one.at - T0) / MINUTE])).toEqual([
      ['value', 0],
      ['value', 1],
      ['gap', 1],
      ['value', 30],
    ]);
  });

  it('breaks the line in each gap, and keeps every value as it is', () => {
    const line = brokenLine(readingsOf([point(0, 70), point(1, 71), point(30, 80)], [{ from: iso(1), to: iso(30) }]));
    expect(line.y).toEqual([70, 71, null, 80]);
    expect(line.x[2]).toBeGreaterThan(line.x[1]!);
    expect(line.x[2]).toBeLessThan(line.x[3]!);
  });

  it('says that there is no data from the newest value to the end once that is longer than a gap may be', () => {
    const points = [point(0, 70)];
    const end = { until: T0 + 4 * MINUTE, openAfterMs: 3 * MINUTE };
    expect(readingsOf(points, [], end).at(-1)).toMatchObject({ kind: 'gap', at: T0, until: T0 + 4 * MINUTE });
    expect(readingsOf(points, [], { ...end, until: T0 + 3 * MINUTE })).toHaveLength(1);
    expect(readingsOf(points, [], { ...end, openAfterMs: null })).toHaveLength(1);
  });

  it('gives values of one moment places of their own, so that each can be stepped to', () => {
    const readings = readingsOf([point(0, 70), point(0, 90, { source: 'watch' }), point(0, 80)], []);
    const places = readings.map(({ place }) => place);
    expect(new Set(places).size).toBe(3);
    expect(places.map((place) => nearestReading(readings, place))).toEqual([0, 1, 2]);
    expect(readings.map(({ at }) => at)).toEqual([T0, T0, T0]);
  });

  it('finds the gap for every time within it, and the value at its own time', () => {
    const readings = readingsOf([point(0, 70), point(30, 80)], [{ from: iso(0), to: iso(30) }]);
    expect([0, 1, 29, 30, 99].map((minute) => nearestReading(readings, T0 + minute * MINUTE))).toEqual([0, 1, 1, 2, 2]);
    expect(nearestReading([], T0)).toBe(-1);
  });
});
