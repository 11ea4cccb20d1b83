import { describe, expect, it } from '@jest/globals';
import { NewHighAlerts, type Seen } from './new-high-alerts.js';

const raised: Seen = { id: 'a', sequence: 1, severity: 'high', status: 'open', transition: 'raised' };

/** Whether each step of one alert's life is announced. */
function announced(steps: readonly Partial<Seen>[], alerts = new NewHighAlerts()): boolean[] {
  return steps.map((step, i) => alerts.take({ ...raised, sequence: i + 1, ...step }));
}

describe('a new high alert', () => {
  it('is announced once, also when it comes again by another way or is amended', () => {
    expect(announced([{}, { sequence: 1 }, { transition: 'amended' }, { sequence: 1 }])).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('is announced when it rises to high', () => {
    expect(announced([{ severity: 'medium' }, { transition: 'escalated' }])).toEqual([false, true]);
  });

  it('is announced again when it is open again after somebody acknowledged or snoozed it', () => {
    const steps: Partial<Seen>[] = [
      {},
      { status: 'acknowledged', transition: 'acknowledged' },
      { transition: 'escalated' },
      { status: 'snoozed', transition: 'snoozed' },
      { transition: 'raised' },
    ];
    expect(announced(steps)).toEqual([true, false, true, false, true]);
  });

  it('is not announced when it was there before the page', () => {
    const alerts = new NewHighAlerts();
    alerts.begin([raised], true);
    expect(announced([{}, { transition: 'amended' }], alerts)).toEqual([false, false]);
  });

  it('that nobody heard of being raised is new only when all that were there are known', () => {
    const amended: Seen = { ...raised, id: 'b', sequence: 7, transition: 'amended' };
    const [partly, completely] = [new NewHighAlerts(), new NewHighAlerts()];
    partly.begin([raised], false);
    completely.begin([raised], true);
    expect([partly.take(amended), completely.take(amended)]).toEqual([false, true]);
  });

  it('is not one of less severity, nor one that is over', () => {
    expect(announced([{ severity: 'low' }])).toEqual([false]);
    expect(announced([{ status: 'retrospective', transition: 'retrospective' }])).toEqual([false]);
  });
});
