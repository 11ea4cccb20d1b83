import { describe, expect, it } from '@jest/globals';
import { healthOf } from './outages.js';

const NOW = 10_000_000;
const up = (component: string, since = NOW - 3_600_000, downFrom: number | null = null) => ({
  component,
  since,
  at: NOW - 1_000,
  downFrom,
});

describe('healthOf', () => {
  it('reports no outage where there are no heartbeats, and where nothing was ever down', () => {
    const healthy = { listeningSince: 0, outage: undefined };
    expect(healthOf([], NOW)).toEqual(healthy);
    expect(healthOf([up('twin-engine'), up('wearable-gateway')], NOW)).toEqual(healthy);
  });

  it('is down while one component is not heard for more than 10 s', () => {
    const late = { ...up('wearable-gateway'), at: NOW - 10_001 };
    expect(healthOf([up('twin-engine'), late], NOW)).toEqual({
      listeningSince: NOW,
      outage: { components: ['wearable-gateway'], from: NOW - 10_001 },
    });
    expect(healthOf([{ ...late, at: NOW - 10_000 }], NOW).outage).toBeUndefined();
  });

  it('forgets a component that was taken out of service', () => {
    expect(healthOf([{ ...up('fhir-gateway'), at: NOW - 24 * 3_600_000 }], NOW).outage).toBeUndefined();
  });

  it('listens since the last of those that were down together, and reports their outage for ten minutes', () => {
    const both = [up('a', NOW - 60_000, NOW - 135_000), up('b', NOW - 58_000, NOW - 134_000)];
    const outage = { components: ['a', 'b'], from: NOW - 135_000, until: NOW - 58_000 };
    expect(healthOf(both, NOW)).toEqual({ listeningSince: NOW - 58_000, outage });
    const later = NOW - 58_000 + 600_000;
    const stillUp = both.map((one) => ({ ...one, at: later }));
    expect(healthOf(stillUp, later)).toEqual({ listeningSince: NOW - 58_000, outage: undefined });
  });

  it('keeps apart what was down at different times', () => {
    const earlier = up('a', NOW - 120_000, NOW - 300_000);
    expect(healthOf([earlier, up('b', NOW - 60_000, NOW - 75_000)], NOW).outage).toEqual({
      components: ['b'],
      from: NOW - 75_000,
      until: NOW - 60_000,
    });
  });
});
