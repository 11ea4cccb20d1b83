import { describe, expect, it } from '@jest/globals';
import { axisRange } from './axis-range.js';
import { chartName } from './chart-name.js';
import { fanOf } from './fan.js';
import { readingText } from './reading-texts.js';
import { readingsOf } from './readings.js';

const NOW = Date.parse('2026-11-29T14:25:57Z');
const ZONE = 'Europe/Berlin';
const clock = { now: NOW, zone: ZONE };
const readings = readingsOf(
  [
    { at: '2026-11-29T13:00:00Z', value: 98, quality: 'good', source: 'cgm' },
    { at: '2026-11-29T13:05:00Z', value: 412, quality: 'bad', source: 'cgm', qualityReasons: ['rate-impossible'] },
    { at: '2026-11-29T14:00:00Z', value: 140.126, quality: 'doubtful', source: 'cgm', qualityReasons: ['new-reason'] },
    { at: '2026-11-29T14:05:00Z', value: 400, comparator: '>', quality: 'good', source: 'cgm' },
  ],
  [{ from: '2026-11-29T13:05:00Z', to: '2026-11-29T14:00:00Z' }],
);
const chart = { title: 'Glucose', unit: 'mg/dL', range: '6 h', readings };

describe('what a chart says to those who cannot see it', () => {
  it('is called by its title, newest value, lowest and highest; bad values are no extremes', () => {
    const newest = { at: NOW, value: 112, quality: 'good' } as const;
    expect(chartName({ ...chart, newest }, clock)).toBe(
      'Glucose, newest 112 mg/dL at 15:25:57, from 98 to > 400 mg/dL in 6 h',
    );
  });

  it('says when the newest value is doubtful, and when the range has none', () => {
    const newest = { at: NOW, value: 112, quality: 'doubtful' } as const;
    const empty = { ...chart, readings: [] };
    expect(chartName({ ...empty, newest }, clock)).toBe(
      'Glucose, newest 112 mg/dL at 15:25:57 (doubtful), no data in 6 h',
    );
    expect(chartName({ ...empty, newest: undefined }, clock)).toBe('Glucose, newest none, no data in 6 h');
    // What has not arrived yet is not missing.
    expect(chartName({ ...empty, newest, isLoading: true }, clock)).toBe('Glucose, loading');
  });

  it('reads value, time and quality with its reasons, and gaps', () => {
    expect(readings.map((one) => readingText(one, 'mg/dL', clock))).toEqual([
      '98 mg/dL, 14:00:00, good',
      '412 mg/dL, 14:05:00, bad: changed faster than is possible',
      'no data, from 14:05:00 to 15:00:00',
      '140.13 mg/dL, 15:00:00, doubtful: new reason',
      '> 400 mg/dL, 15:05:00, good',
    ]);
  });

  it('writes units as people do', () => {
    expect(readingText(readings[0]!, 'mm[Hg]', clock)).toContain('98 mmHg');
  });
});

describe('what is drawn', () => {
  it('shows all values of an axis with a margin, and one alone', () => {
    expect(axisRange([null, 50, undefined, 150])).toEqual([45, 155]);
    expect(axisRange([100])).toEqual([95, 105]);
    expect(axisRange([0])).toEqual([-1, 1]);
    expect(axisRange([null])).toBeNull();
  });

  it('begins all bands of a forecast at the value it was issued at', () => {
    const quantiles = { '0.025': 80, '0.1': 90, '0.5': 100, '0.9': 110, '0.975': 120 };
    const points = [{ effectiveAt: '2026-11-29T15:00:00Z', mean: 101, quantiles }];
    const fan = fanOf({ issuedAt: '2026-11-29T14:00:00Z', points }, 99);
    expect(fan.x).toEqual([Date.parse('2026-11-29T14:00:00Z'), Date.parse('2026-11-29T15:00:00Z')]);
    expect(fan.y.map((values) => values[0])).toEqual([99, 99, 99, 99, 99]);
    expect(fan.y.map((values) => values[1])).toEqual([80, 90, 101, 110, 120]);
    expect(fanOf({ issuedAt: '2026-11-29T14:00:00Z', points }, undefined).x).toHaveLength(1);
  });
});
