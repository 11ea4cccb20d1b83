import { describe, expect, it } from '@jest/globals';
import { exactTime, shortDuration, shortTime, zoneName, type Zone } from './shown-time.js';

const PARIS: Zone = { locale: 'en-GB', zone: 'Europe/Paris' };
const NOW = Date.parse('2026-03-10T12:00:00Z');

describe('times as they are shown', () => {
  it('are in the zone, with the date when it is another day there', () => {
    expect(shortTime('2026-03-10T08:05:00Z', NOW, PARIS)).toBe('09:05');
    expect(shortTime('2026-03-09T22:59:00Z', NOW, PARIS)).toBe('9 Mar, 23:59');
    expect(shortTime('2026-03-09T23:01:00Z', NOW, PARIS)).toBe('00:01');
  });

  it('are exact in the tooltip, with the offset, the zone and UTC', () => {
    expect(exactTime('2026-03-10T08:05:03.250Z', PARIS)).toBe(
      '10/03/2026, 09:05:03.250 GMT+01:00 (Europe/Paris); 2026-03-10T08:05:03.250Z',
    );
  });

  it('name the zone with the offset that holds now', () => {
    expect(zoneName(PARIS, NOW)).toBe('Europe/Paris, GMT+1');
    expect(zoneName(PARIS, Date.parse('2026-07-10T12:00:00Z'))).toBe('Europe/Paris, GMT+2');
    expect(zoneName({ ...PARIS, zone: 'UTC' }, NOW)).toBe('UTC');
  });
});

describe('lengths of time', () => {
  it.each([
    [-5, '0 sec'],
    [42, '42 sec'],
    [60, '1 min'],
    [3_599, '59 min, 59 sec'],
    [3_600, '1 hr'],
    [7_530, '2 hr, 5 min'],
    [90_000, '1 day, 1 hr'],
    [40 * 86_400 + 60, '40 days'],
  ])('%d s is %s', (seconds, shown) => {
    expect(shortDuration(seconds, 'en-US')).toBe(shown);
  });
});
