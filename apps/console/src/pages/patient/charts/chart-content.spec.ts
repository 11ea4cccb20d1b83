import { describe, expect, it } from '@jest/globals';
import { drawnLimits, targetOf } from './chart-limits.js';
import { drawnMarks, itemsOfChart, itemText, type TimelineItem } from './marks.js';

const at = '2026-11-29T12:00:00Z';
const alert: TimelineItem = {
  id: 'a1',
  at,
  kind: 'alert',
  title: 'Glucose low',
  severity: 'high',
  code: 'glucose',
  transition: 'raised',
};
const act: TimelineItem = {
  id: 'm1',
  at,
  kind: 'monitoring',
  title: 'Monitoring off',
  author: 'Dr. Bell',
  reason: 'theatre',
};

describe('limits of a chart', () => {
  const limit = { code: 'glucose', direction: 'low', value: 70, severity: 'medium' } as const;

  it('are those of its measure, one line per value, of the highest severity', () => {
    const others = [
      { ...limit, severity: 'high' as const },
      { ...limit, severity: 'low' as const },
      { ...limit, value: 54.5, severity: 'high' as const },
      { ...limit, code: 'heart-rate', value: 40 },
    ];
    expect(drawnLimits([limit, ...others], 'glucose')).toEqual([
      { value: 70, direction: 'low', severity: 'high', label: '< 70' },
      { value: 54.5, direction: 'low', severity: 'high', label: '< 54.5' },
    ]);
  });

  it('have a target range of the person before that of adults', () => {
    const adults = { low: 70, high: 180 };
    expect(targetOf([{ code: 'glucose', low: 63, high: 140 }], adults, 'glucose')).toMatchObject({
      low: 63,
      high: 140,
    });
    expect(targetOf([{ code: 'other', low: 63, high: 140 }], adults, 'glucose')).toEqual(adults);
    expect(targetOf(undefined, undefined, 'glucose')).toBeNull();
  });
});

describe('marks of a chart', () => {
  it('are what is about its measure, and what is about none', () => {
    expect(itemsOfChart([alert, act], 'glucose')).toEqual([alert, act]);
    expect(itemsOfChart([alert, act], 'heart-rate')).toEqual([act]);
  });

  it('differ for alerts and acts by their kind', () => {
    expect(drawnMarks([alert, act])).toEqual([
      { at: Date.parse(at), kind: 'alert', severity: 'high' },
      { at: Date.parse(at), kind: 'act', severity: undefined },
    ]);
  });

  it('say in words what they are, of whom and why', () => {
    expect(itemText(alert)).toBe('alert: Glucose low, raised, high');
    expect(itemText(act)).toBe('monitoring: Monitoring off, by Dr. Bell, reason: theatre');
  });
});
