import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { HEART_RATE, HOUR, MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';
import type { StreamState } from '../state/sender-state.js';
import type { TwinState } from '../index.js';
import { codeOfStream } from './streams.js';

const ECG = 12;
const RR = 2;
/** After so long without a heart rate its device counts as silent. */
const LIMIT = 15 * MINUTE;

const heartRate = (t: number, over: Partial<WireSample> = {}): WireSample => ({ c: HEART_RATE, t, x: 70, ...over });

/** A state that nobody may write to. */
function frozen(state: TwinState): TwinState {
  const freeze = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || Object.isFrozen(part)) return;
    Object.freeze(part);
    Object.values(part).forEach(freeze);
  };
  freeze(state.streams);
  return state;
}

/** The streams after these records. */
function streams(...records: readonly (readonly WireSample[])[]): Readonly<Record<string, StreamState>> {
  const ward = new Ward('p1', frozen);
  for (const samples of records) ward.send(samples, samples.at(-1)!.t + SECOND);
  return ward.state.streams;
}
const only = (...records: readonly (readonly WireSample[])[]): StreamState | undefined =>
  Object.values(streams(...records))[0];

describe('a stream', () => {
  it('is what a device sends of a measure by a channel; of no device, what the source sends', () => {
    const known = streams([
      heartRate(T0),
      heartRate(T0, { f: 'other' }),
      heartRate(T0, { d: 'watch' }),
      heartRate(T0, { d: 'watch', f: 'other' }),
      { c: ECG, t: T0, s: [1, 2], p: 4, h: 'II' },
      { c: ECG, t: T0, s: [1, 2], p: 4, h: 'V1' },
    ]);
    expect(Object.keys(known).sort()).toEqual([
      '12|f:gateway|II',
      '12|f:gateway|V1',
      '1|d:watch',
      '1|f:gateway',
      '1|f:other',
    ]);
    expect(['12|f:gateway|II', '1|d:watch'].map(codeOfStream)).toEqual([12, 1]);
    expect(known['1|d:watch']!.source).toBe('gateway');
  });

  it('is as new as its newest value, and was heard of with whatever is new from it', () => {
    const first = { t: T0 + MINUTE, heard: T0 + MINUTE + SECOND, n: 1, source: 'gateway' };
    expect(only([heartRate(T0 + MINUTE)])).toEqual(first);
    const late = { ...heartRate(T0), x: 71 };
    const ward = new Ward('p1', frozen);
    ward.send([heartRate(T0 + MINUTE)]);
    ward.send([late], T0 + 5 * MINUTE);
    expect(ward.state.streams['1|f:gateway']).toEqual({ ...first, heard: T0 + 5 * MINUTE });
    // A repeat is nothing new.
    ward.send([late], T0 + 9 * MINUTE);
    expect(ward.state.streams['1|f:gateway']!.heard).toBe(T0 + 5 * MINUTE);
  });

  it('is continuous after four values in a row, none of which came later than silence is noticed', () => {
    const minutes = (...all: readonly number[]) => only(...all.map((minute) => [heartRate(T0 + minute * MINUTE)]))!.n;
    expect(minutes(0)).toBe(1);
    expect(minutes(0, 1, 2)).toBe(3);
    expect(minutes(0, 1, 2, 3, 4, 5)).toBe(4);
    expect(minutes(0, LIMIT / MINUTE)).toBe(2);
    expect(only([heartRate(T0)], [heartRate(T0 + LIMIT + 1)])!.n).toBe(1);
  });

  it('does not count a correction of its newest value', () => {
    expect(only([heartRate(T0)], [heartRate(T0 + MINUTE)], [heartRate(T0 + MINUTE, { x: 71 })])!.n).toBe(2);
  });

  it('of a measure whose silence means nothing is never continuous', () => {
    const pressure = [0, 1, 2, 3, 4].map((minute) => [{ c: 5, t: T0 + minute * MINUTE, x: 120 }]);
    expect(only(...pressure)!.n).toBe(1);
  });

  it.each<[string, WireSample, number]>([
    ['of evenly spaced values', { c: ECG, t: T0, s: [1, 2, 3], p: 4 }, T0 + 12],
    ['of intervals', { c: RR, t: T0, s: [800, 810] }, T0 + 1610],
  ])('ends where its newest series does: %s', (_, sample, end) => {
    expect(only([sample])!.end).toBe(end);
    const next = { ...sample, t: T0 + MINUTE };
    expect(only([sample], [next])!.end).toBe(end + MINUTE);
    expect(only([sample, next])!.end).toBe(end + MINUTE);
    expect(only([heartRate(T0)])).not.toHaveProperty('end');
  });

  it('is the same however its values are cut into records', () => {
    const values = [0, 1, 2, 40, 41, 42].map((minute) => heartRate(T0 + minute * MINUTE));
    const [whole] = [only(values)];
    const inHalves = only(values.slice(0, 3), values.slice(3));
    const one = only(...values.map((value) => [value]));
    expect(inHalves).toEqual(whole);
    expect(one).toEqual(whole);
    expect(whole).toMatchObject({ t: T0 + 42 * MINUTE, n: 3 });
  });
});

describe('the streams of a patient', () => {
  const device = (n: number, t = T0 + n * MINUTE): WireSample => heartRate(t, { d: `device-${n}` });
  const devices = (count: number): readonly WireSample[] => Array.from({ length: count }, (_, n) => device(n));

  it('are at most 48: the one whose newest value is oldest is forgotten', () => {
    expect(Object.keys(streams(devices(48)))).toHaveLength(48);
    const known = Object.keys(streams(devices(48), [device(0, T0 + HOUR)], [device(48, T0 + HOUR)]));
    expect(known).toHaveLength(48);
    expect(known).not.toContain('1|d:device-1');
    expect(known).toContain('1|d:device-0');
  });

  it('are never said to be forgotten from earlier on than they were', () => {
    const ward = new Ward('p1', frozen);
    ward.send(devices(48));
    ward.send([device(48)]);
    expect(ward.state.forgotten).toBe(T0);
    ward.send([device(49, T0 - MINUTE)], T0 + HOUR);
    expect(ward.state.forgotten).toBe(T0 + MINUTE);
    ward.send([device(50)], T0 + HOUR);
    expect(Object.keys(ward.state.streams)).not.toContain('1|d:device-49');
    expect(ward.state.forgotten).toBe(T0 + MINUTE);
  });

  it('that were forgotten may have sent everything up to the newest of them', () => {
    const ward = new Ward('p1', frozen);
    ward.send(devices(48));
    expect(ward.state.forgotten).toBeNull();
    ward.send([device(48)]);
    ward.send([device(49)]);
    expect(ward.state.forgotten).toBe(T0 + MINUTE);
    // What a late value needs of the past is known from here on.
    ward.send([device(30, T0 + 90 * SECOND)], T0 + 2 * HOUR);
    const loads = ward.loads;
    ward.send([device(50, T0 + MINUTE + 1)], T0 + 2 * HOUR);
    expect(ward.loads).toBe(loads);
    const again = ward.send([device(0)], T0 + 2 * HOUR);
    expect(ward.loads).toBe(loads + 1);
    expect(again.counts.duplicates).toBe(1);
  });
});
