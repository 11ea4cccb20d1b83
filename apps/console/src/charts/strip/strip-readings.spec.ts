import { describe, expect, it } from '@jest/globals';
import { stripReadings } from './strip-readings.js';

const T0 = Date.parse('2026-11-29T12:00:00Z');
const iso = (ms: number): string => new Date(T0 + ms).toISOString();

describe('a strip of waves', () => {
  it('joins stretches that follow each other, whatever their order', () => {
    const readings = stripReadings([
      { effectiveAt: iso(20), periodMs: 10, values: [3, 4] },
      { effectiveAt: iso(0), periodMs: 10, values: [1, 2] },
    ]);
    expect(readings.map((one) => [one.kind, one.at - T0, one.kind === 'value' ? one.value : null])).toEqual([
      ['value', 0, 1],
      ['value', 10, 2],
      ['value', 20, 3],
      ['value', 30, 4],
    ]);
  });

  it('has a gap where a stretch does not go on where the one before ended', () => {
    const readings = stripReadings([
      { effectiveAt: iso(0), periodMs: 10, values: [1, 2] },
      { effectiveAt: iso(500), periodMs: 10, values: [3] },
    ]);
    expect(readings.map(({ kind }) => kind)).toEqual(['value', 'value', 'gap', 'value']);
    expect(readings[2]).toMatchObject({ at: T0 + 10, until: T0 + 500 });
  });

  it('puts each interval at the beat that ends it', () => {
    const readings = stripReadings([
      { effectiveAt: iso(0), periodMs: null, values: [800, 1000] },
      { effectiveAt: iso(1800), periodMs: null, values: [700] },
      { effectiveAt: iso(9000), periodMs: null, values: [900] },
    ]);
    expect(readings.map((one) => [one.kind, one.kind === 'gap' ? one.until - T0 : one.at - T0])).toEqual([
      ['value', 800],
      ['value', 1800],
      ['value', 2500],
      ['gap', 9000],
      ['value', 9900],
    ]);
  });
});
