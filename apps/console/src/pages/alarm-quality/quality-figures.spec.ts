import { describe, expect, it } from '@jest/globals';
import { qualityFigures, ruleCells, type AlarmQuality } from './quality-figures.js';

const TEXTS = {
  rule: 'Rule',
  perPatientDay: 'per patient-day',
  precision: 'precision',
  median: 'median',
  p90: 'p90',
  live: 'live',
  shadow: 'shadow',
  titleOf: (rule: string) => rule.toUpperCase(),
};
const rule = {
  rule: 'a',
  alerts: 4,
  bySeverity: { high: 1, medium: 2, low: 1 },
  suppressed: 3,
  perPatientDay: 0.5,
  acknowledged: 2,
  escalated: 1,
  useful: 1,
  notUseful: 1,
  precision: 0.5,
  secondsToAcknowledge: { median: 90, p90: 300 },
};
const quality = {
  rules: [rule, { ...rule, rule: 'b', perPatientDay: 2, precision: null, secondsToAcknowledge: null }],
  shadows: [{ rule: 's', of: 'a', liveFound: 2, found: 5 }],
} as unknown as AlarmQuality;

describe('figures of alarm quality', () => {
  const figures = qualityFigures(quality, TEXTS);

  it('are by rule, the most first, without the rules that nobody judged', () => {
    expect(figures.perPatientDay.rows).toEqual([
      { place: 'B', values: [2] },
      { place: 'A', values: [0.5] },
    ]);
    expect(figures.precision.rows).toEqual([{ place: 'A', values: [0.5] }]);
  });

  it('have times in minutes, and live beside shadow', () => {
    expect(figures.minutesToAcknowledge.rows).toEqual([{ place: 'A', values: [1.5, 5] }]);
    expect(figures.shadows.rows).toEqual([{ place: 'S', values: [2, 5] }]);
  });

  it('are complete in the table', () => {
    expect(ruleCells(rule)).toEqual([4, 1, 2, 1, 0.5, 3, 2, 1, 1, 1, 0.5, 1.5, 5]);
    expect(ruleCells({ ...rule, secondsToAcknowledge: null }).slice(-2)).toEqual([null, null]);
  });
});
