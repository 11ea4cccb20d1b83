import { describe, expect, it } from '@jest/globals';
import { news2, type Score, type Vitals } from '../index.js';
import { DECIDED, points, scored } from './score.fixture.js';

const HOUR = 3_600_000;

describe('NEWS2', () => {
  const NORMAL: Vitals = { respiratoryRate: 16, oxygenSaturation: 97, onOxygen: false, systolicPressure: 120, heartRate: 70, consciousness: 'A', temperature: 37 }; // oxfmt-ignore

  it('has the bands and the monitoring of the chart', () => {
    const cases: ReadonlyArray<readonly [Vitals, number, Score['band'], number]> = [
      [{}, 0, 'low', 720],
      [{ onOxygen: true }, 2, 'low', 360],
      [{ systolicPressure: 90 }, 3, 'low-medium', 60],
      [{ systolicPressure: 90, onOxygen: true }, 5, 'medium', 60],
      [{ heartRate: 120, respiratoryRate: 22, onOxygen: true }, 6, 'medium', 60],
      [{ heartRate: 131, respiratoryRate: 22, onOxygen: true }, 7, 'high', 0],
    ];
    for (const [vitals, total, band, minutes] of cases) {
      const score = scored(news2({ ...NORMAL, ...vitals }));
      expect([score.total, score.band, score.monitoring?.mostMinutes]).toEqual([total, band, minutes]);
      expect(score.anyThree).toBe(score.contributions.some((part) => part.points === 3));
      expect(score.complete).toBe(true);
    }
  });

  it('uses scale 2 only on a decision with a name, made by then', () => {
    const vitals: Vitals = { ...NORMAL, oxygenSaturation: 90 };
    expect(points(news2, vitals)).toBe(3);
    expect(points(news2, vitals, DECIDED)).toBe(0);
    expect(points(news2, vitals, { scale2Decision: { by: ' ', at: 0 } })).toBe(3);
    expect(points(news2, vitals, { at: 5, scale2Decision: { by: 'Dr A', at: 6 } })).toBe(3);
  });

  it('on scale 2 waits for oxygen from 93 %', () => {
    const { onOxygen: _, ...unknown } = NORMAL;
    expect(scored(news2({ ...unknown, oxygenSaturation: 95 }, DECIDED)).missing).toEqual([
      'oxygenSaturation',
      'onOxygen',
    ]);
    expect(scored(news2({ ...unknown, oxygenSaturation: 92 }, DECIDED)).missing).toEqual(['onOxygen']);
  });

  it('reads consciousness off the Glasgow coma score and says so', () => {
    expect(scored(news2({ gcs: 15 }))).toMatchObject({
      total: 0,
      derived: ['consciousness from the Glasgow coma score'],
    });
    expect(points(news2, { gcs: 14 })).toBe(3);
    expect(scored(news2({ gcs: 3, consciousness: 'A' }))).toMatchObject({ total: 0, derived: [] });
  });

  it('lists stale inputs by the interval the score implies, and does not see later ones', () => {
    const times = { respiratoryRate: 0, heartRate: 2 * HOUR, temperature: 9 * HOUR };
    const context = { at: 7 * HOUR, times };
    const calm = scored(news2(NORMAL, context));
    expect([calm.stale, calm.missing]).toEqual([[], ['temperature']]);
    expect(scored(news2({ ...NORMAL, heartRate: 95 }, context)).stale).toEqual(['respiratoryRate']);
    expect(scored(news2({ ...NORMAL, heartRate: 135 }, context)).stale).toEqual(['respiratoryRate', 'heartRate']);
  });
});
