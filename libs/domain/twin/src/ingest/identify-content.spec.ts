import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { GLUCOSE, HEART_RATE, MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';
import { identityOfSample } from './identify.js';

const SENDER = { source: 'gateway', device: '' };
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const FIRST_INSTANT = -62_135_596_800_000;

const heartRate = (minute: number, x: number, over: Partial<WireSample> = {}): WireSample => ({
  c: HEART_RATE,
  t: T0 + minute * MINUTE,
  x,
  ...over,
});
const own = (id: string, minute: number, x: number, over: Partial<WireSample> = {}): WireSample =>
  heartRate(minute, x, { i: id, ...over });

/** Received at this minute. */
const send = (ward: Ward, minute: number, ...samples: readonly WireSample[]) =>
  ward.send(samples, T0 + minute * MINUTE + SECOND);

describe('what no use can be made of', () => {
  it.each<[reason: string | undefined, sample: Partial<WireSample>]>([
    ['measure-unknown', { c: 9999 }],
    ['time-invalid', { t: Number.NaN }],
    ['time-invalid', { t: T0 + 0.5 }],
    ['time-invalid', { t: LAST_INSTANT + 1 }],
    ['time-invalid', { t: FIRST_INSTANT - 1 }],
    [undefined, { t: FIRST_INSTANT }],
    ['value-not-finite', { x: Number.NaN }],
    ['value-not-finite', { x: Number.POSITIVE_INFINITY }],
  ])('is refused with %s, and its neighbours go on', (reason, over) => {
    const ward = new Ward();
    const outcome = send(ward, 1, heartRate(0, 70), heartRate(0.5, 71, over), heartRate(1, 72));
    expect(outcome.counts.dropped).toMatchObject(reason === undefined ? {} : { [reason]: 1 });
    expect(outcome.counts.applied).toBe(reason === undefined ? 3 : 2);
    expect(outcome.refused.filter((one) => one.stored === undefined).map((one) => one.reason)).toEqual(
      reason === undefined ? [] : [reason],
    );
  });

  it.each<[reason: string, series: readonly number[] | undefined]>([
    ['value-missing', undefined],
    ['value-missing', []],
    ['value-not-finite', [800, Number.NaN, 810]],
  ])('is refused with %s where a series is meant', (reason, series) => {
    const ward = new Ward();
    const { counts, measurements } = send(ward, 1, { c: 2, t: T0, ...(series && { s: series }) });
    expect([counts.dropped, measurements]).toEqual([{ [reason]: 1 }, []]);
  });

  it('takes times up to the last of the year 9999, which are no times to judge', () => {
    const ward = new Ward();
    const { counts, measurements } = send(ward, 1, heartRate(0, 70, { t: LAST_INSTANT }));
    expect(counts.dropped).toEqual({ 'ahead-of-receipt': 1 });
    expect(measurements).toMatchObject([{ t: LAST_INSTANT }]);
  });
});

describe('the values of a record', () => {
  const minutes = (ward: Ward): readonly number[] =>
    ward.outcomes.at(-1)!.measurements.map(({ t }) => (t - T0) / MINUTE);

  it('are taken in order of their time', () => {
    const ward = new Ward();
    send(ward, 9, heartRate(3, 70), heartRate(1, 71), heartRate(2, 72));
    expect(minutes(ward)).toEqual([1, 2, 3]);
    send(ward, 19, heartRate(11, 70), heartRate(12, 71), heartRate(12, 72));
    expect(ward.outcomes.at(-1)!.measurements.map(({ version, x }) => [version, x])).toEqual([
      [1, 70],
      [1, 71],
      [2, 72],
    ]);
  });

  it('keep their order, after the others, where they have identifiers: one may correct the time of another', () => {
    const ward = new Ward();
    send(ward, 9, own('a', 8, 70), own('a', 3, 70), heartRate(5, 71), own('b', 1, 72), heartRate(4, 73));
    expect(minutes(ward)).toEqual([4, 5, 8, 3, 1]);
    expect(ward.outcomes.at(-1)!.counts).toMatchObject({ corrections: 1 });
    expect(ward.state.measures[HEART_RATE]!.t).toBe(T0 + 5 * MINUTE);
  });

  it('carry what they were sent with', () => {
    const ward = new Ward();
    const value = own('a', 0, 70, { q: 1, r: ['motion'], o: [70, 'bpm'], b: '>=', f: 'other', d: 'watch' });
    const wave: WireSample = { c: 12, t: T0, s: [1, 2], p: 4, h: 'II', b: '<' };
    const [first, second] = send(ward, 0, wave, value).measurements;
    expect(first).toMatchObject({ series: [1, 2], periodMs: 4, channel: 'II', sourced: false, source: 'gateway' });
    expect(Object.keys(first!).filter((name) => ['x', 'comparator', 'id', 'reasons', 'origin'].includes(name))).toEqual(
      [],
    );
    expect(second).toMatchObject({
      x: 70,
      quality: 1,
      reasons: ['motion'],
      origin: [70, 'bpm'],
      comparator: '>=',
      source: 'other',
      device: 'watch',
      id: 'a',
      version: 1,
      retracted: false,
    });
    const names = ['series', 'periodMs', 'channel', 'clockShift', 'replaces'];
    expect(Object.keys(second!).filter((name) => names.includes(name))).toEqual([]);
  });

  it.each<[string, Partial<WireSample>, number | undefined]>([
    ['corrected at the same time', { x: 71 }, 1500],
    ['withdrawn, whatever time that says', { t: T0 - MINUTE, w: 1 }, 1500],
    ['corrected in its time', { t: T0 - MINUTE }, undefined],
  ])('stand where they stood by the clock of their sender: %s', (_, over, shift) => {
    const ward = new Ward();
    const value = own('a', 0, 70, { t: T0 + 1500 });
    const [ahead] = ward.send([value], T0).measurements;
    expect(ahead!.clockShift).toBe(1500);
    const [next] = send(ward, 5, { ...value, ...over }).measurements;
    expect([next!.version, next!.clockShift]).toEqual([2, shift]);
  });

  it.each<[string, WireSample, Partial<WireSample>]>([
    ['another source', heartRate(0, 70), { f: 'other' }],
    ['a device', heartRate(0, 70), { d: 'watch' }],
    ['another measure', heartRate(0, 70), { c: GLUCOSE }],
    ['another time', heartRate(0, 70), { t: T0 + 1 }],
    ['another unit', heartRate(0, 70, { o: [70, '/min'] }), { o: [70, 'bpm'] }],
    ['a channel', heartRate(0, 70), { h: 'II' }],
    ['an identifier', heartRate(0, 70), { i: 'a' }],
  ])('have another identity with %s', (_, sample, over) => {
    const identity = identityOfSample(sample, SENDER);
    expect(identityOfSample({ ...sample, x: 71 }, SENDER)).toBe(identity);
    expect(identityOfSample({ ...sample, ...over }, SENDER)).not.toBe(identity);
  });
});
