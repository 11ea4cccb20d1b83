import { describe, expect, it } from '@jest/globals';
import { exactText, minuteText, secondText, tickText, timeText, zoneName } from './shown-time.js';

const PARIS = 'Europe/Paris';
const NOW = Date.parse('2026-03-10T12:00:00Z');

describe('times as they are shown', () => {
  it('are in the zone, with the date when it is another day there', () => {
    expect(timeText('2026-03-10T08:05:00Z', NOW, PARIS)).toBe('09:05');
    expect(timeText('2026-03-09T22:59:00Z', NOW, PARIS)).toBe('9 Mar, 23:59');
    expect(timeText('2026-03-09T23:01:00Z', NOW, PARIS)).toBe('00:01');
    expect(timeText('2099-01-02T09:00:00Z', NOW, PARIS)).toBe('2 Jan 2099, 10:00');
    expect(secondText('2026-03-10T08:05:03.250Z', NOW, PARIS)).toBe('09:05:03');
    expect(secondText('2026-03-09T22:59:07Z', NOW, PARIS)).toBe('9 Mar, 23:59:07');
    expect(minuteText('2026-03-10T08:05:03Z', PARIS)).toBe('Tue, 10 Mar 2026, 09:05');
  });

  it('are of the 24-hour clock, after noon and at midnight', () => {
    for (const text of [timeText, secondText]) {
      expect(text('2026-03-10T22:44:00Z', NOW, PARIS)).toMatch(/^23:44/);
      expect(text('2026-03-09T23:00:00Z', NOW, PARIS)).toMatch(/^00:00/);
    }
    expect(minuteText('2026-03-10T22:44:00Z', PARIS)).toMatch(/23:44$/);
    expect(exactText('2026-03-10T22:44:00Z', PARIS)).toContain(' 23:44:00.000 ');
  });

  it('are exact in the tooltip, with the offset, the zone and UTC', () => {
    expect(exactText('2026-03-10T08:05:03.250Z', PARIS)).toBe(
      '10/03/2026, 09:05:03.250 GMT+01:00 (Europe/Paris); 2026-03-10T08:05:03.250Z',
    );
  });

  it('name the zone with the offset that holds now', () => {
    expect(zoneName(NOW, PARIS)).toBe('Europe/Paris, GMT+1');
    expect(zoneName(Date.parse('2026-07-10T12:00:00Z'), PARIS)).toBe('Europe/Paris, GMT+2');
    expect(zoneName(NOW, 'UTC')).toBe('UTC');
  });

  it('stand at ticks as short as the step allows', () => {
    expect(tickText(NOW, 1_000, PARIS)).toBe('13:00:00');
    expect(tickText(NOW, 3_600_000, PARIS)).toBe('13:00');
    expect(tickText(Date.parse('2026-03-09T23:00:00Z'), 3_600_000, PARIS)).toBe('10 Mar');
    expect(tickText(NOW, 86_400_000, PARIS)).toBe('10 Mar');
  });
});
