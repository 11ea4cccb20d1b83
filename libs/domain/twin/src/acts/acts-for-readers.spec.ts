import { describe, expect, it } from '@jest/globals';
import type { ActRecord } from '#libs/contracts';
import { GLUCOSE, MINUTE, T0, Ward } from '#libs/testing/ward';

const THERAPY = {
  carbRatio: 10,
  correctionFactor: 40,
  target: { low: 100, high: 120 },
  maximumBolus: 8,
  maximumInsulinOnBoard: 10,
  dailyMaximum: 60,
  author: 'Practitioner/1',
  reason: 'visit',
};

describe('therapy settings, proposals and decisions', () => {
  it.each<ActRecord['does']>([
    { type: 'set-therapy', therapy: THERAPY },
    { type: 'propose', proposal: 'a', suggests: 'insulin-bolus', status: 'proposed', value: 2, unit: '[IU]' },
    { type: 'decide-proposal', proposal: 'a', decision: 'overridden', value: 1, unit: '[IU]', note: 'sport' },
  ])('are remembered as acts and change no alert: $type', (does) => {
    const ward = new Ward();
    ward.send([{ c: GLUCOSE, t: T0, x: 60 }]);
    const { acts: _before, ...before } = ward.state;
    const { transitions, counts } = ward.act(does, T0 + MINUTE);
    expect([transitions, counts.dropped]).toEqual([[], {}]);
    const { acts, ...after } = ward.state;
    expect(acts).toHaveLength(1);
    expect(after.rules).toEqual(before.rules);
    expect(after.timers).toEqual(before.timers);
  });
});
