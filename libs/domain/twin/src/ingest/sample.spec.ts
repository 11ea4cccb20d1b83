import { describe, expect, it } from '@jest/globals';
import { MINUTE, T0 } from '#libs/testing/ward';
import type { StoredMeasurement } from '../index.js';
import { citedOf } from '../fixtures/draft.fixture.js';
import type { Sample } from '../rules/judged-sample.js';
import type { Cited } from '../state/cited.js';
import { endOf, inOrder, sampleOf } from './sample.js';

const WAVE: StoredMeasurement = {
  identity: 'wave',
  version: 1,
  hash: 'h',
  code: 12,
  t: T0,
  source: 'gateway',
  device: 'monitor',
  channel: 'II',
  series: [0.1, 0.2],
  periodMs: 4,
  quality: 1,
  sourced: true,
  retracted: false,
  receivedAt: T0,
};

describe('a stored measurement as rules see it', () => {
  it('is as doubtful as it was sent, whatever the clock of its sender', () => {
    const [now, ahead] = [T0, T0 - MINUTE].map((at) => sampleOf(WAVE, at).cited);
    expect(now).toMatchObject({ t: T0, x: 0.2, quality: 1, reasons: undefined, ahead: undefined });
    expect(ahead).toEqual({ ...now, t: T0 - MINUTE, ahead: MINUTE });
  });

  it('is its series with what measured it, or its single value', () => {
    const cited = expect.objectContaining({ identity: 'wave' });
    expect(sampleOf(WAVE, T0)).toEqual({ cited, series: [0.1, 0.2], periodMs: 4, channel: 'II', device: 'monitor' });
    const { periodMs: _period, channel: _channel, ...intervals } = WAVE;
    expect(Object.keys(sampleOf(intervals, T0))).toEqual(['cited', 'series', 'device']);
    expect(Object.keys(sampleOf({ ...WAVE, device: '' }, T0))).toEqual(['cited', 'series', 'periodMs', 'channel']);
    const { series: _series, ...single } = { ...WAVE, x: 70 };
    const cites70 = { cited: expect.objectContaining({ x: 70 }) };
    expect(sampleOf(single, T0)).toEqual({ ...cites70, device: 'monitor' });
    expect(sampleOf({ ...single, device: '' }, T0)).toEqual(cites70);
    const { x: _x, ...nothing } = single;
    expect(sampleOf(nothing, T0).cited.x).toBeNaN();
  });

  it('has reasons where its quality is not good', () => {
    const reasons = ['motion'];
    expect(sampleOf({ ...WAVE, reasons }, T0).cited.reasons).toEqual(reasons);
    expect(sampleOf({ ...WAVE, reasons, quality: 0 }, T0).cited.reasons).toBeUndefined();
  });

  it.each<[string, Partial<Sample>, number]>([
    ['a single value', {}, T0],
    ['evenly spaced values', { series: [1, 2, 3], periodMs: 4 }, T0 + 12],
    ['successive intervals', { series: [800, 810] }, T0 + 1610],
  ])('ends with the last of %s', (_, over, end) => {
    expect(endOf({ cited: citedOf(), ...over })).toBe(end);
  });
});

describe('the order of values', () => {
  const ordered: readonly Cited[] = [
    citedOf({ t: T0 - 1, identity: 'z', x: 99, code: 9 }),
    citedOf({ ahead: 5, code: 9 }),
    citedOf({ ahead: 2, code: 9 }),
    citedOf({ x: 99 }),
    citedOf({ code: 3, x: 40, quality: 2 }),
    citedOf({ code: 3, x: 50, identity: 'z' }),
    citedOf({ code: 3, x: 50, quality: 1, identity: 'a' }),
    citedOf({ code: 3, x: 50, quality: 1, identity: 'b' }),
    citedOf({ t: T0 + 1, identity: 'a', x: 1 }),
  ];

  it('is by time, the clock that was ahead, measure, value, quality and identity', () => {
    expect(ordered.toReversed().toSorted(inOrder)).toEqual(ordered);
    expect([...ordered.slice(4), ...ordered.slice(0, 4)].toSorted(inOrder)).toEqual(ordered);
    for (const [i, one] of ordered.entries())
      expect(ordered.map((other) => Math.sign(inOrder(one, other)))).toEqual(ordered.map((_, j) => Math.sign(i - j)));
  });
});
