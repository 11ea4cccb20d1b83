import { describe, expect, it } from '@jest/globals';
import { toClinical, type JsonObject } from '../index.js';
import { context, at, UCUM, observation } from './observation.fixture.js';

describe('effective[x]', () => {
  const ms = (text: string): number => Date.parse(text);
  it.each<[object, number]>([
    [{ effectiveInstant: '2026-02-28T10:00:00.123456789Z' }, at + 123],
    [{ effectiveDateTime: '2026-02-28T10:00:00.1234567890123Z' }, at + 123],
    [{ effectiveDateTime: '2026-02-28T10:00:00.1Z' }, at + 100],
    [{ effectiveDateTime: '2016-12-31T23:59:60Z' }, ms('2017-01-01T00:00:00Z')],
    [{ effectiveDateTime: '2017-01-01T05:29:60+05:30' }, ms('2017-01-01T00:00:00Z')],
    [{ effectiveDateTime: '2017-01-01T05:44:60.5+05:45' }, ms('2017-01-01T00:00:00.5Z')],
    [{ effectiveDateTime: '2016-12-31T15:59:60-08:00' }, ms('2017-01-01T00:00:00Z')],
    [{ effectivePeriod: { start: '2026-02-28T10:00:00Z', end: '2026-02-28T11:00:00Z' } }, at],
    [{ effectivePeriod: { start: '2026-02-28T10:00:00Z' } }, at],
    [{ effectivePeriod: { end: '2026-02-28T10:00:00Z' } }, at],
    [{ effectiveTiming: { event: ['2026-02-28T10:00:00Z'] } }, at],
  ])('%j', (effective, t) => {
    expect(toClinical(observation({ effectiveDateTime: undefined, ...effective }), context).samples).toMatchObject([
      { t },
    ]);
  });

  it.each([
    ['timestamp-imprecise', { effectivePeriod: { start: '2026-02-28', end: '2026-02-28T11:00:00Z' } }],
    ['timestamp-invalid', { effectivePeriod: { start: '2026-02-28T12:00:00Z', end: '2026-02-28T11:00:00Z' } }],
    ['timestamp-missing', { effectivePeriod: {} }],
    ['timestamp-invalid', { effectiveTiming: { event: ['2026-02-28T10:00:00Z', '2026-02-28T11:00:00Z'] } }],
    ['timestamp-invalid', { effectiveTiming: { repeat: { frequency: 1 } } }],
    ['timestamp-invalid', { effectiveTiming: { event: ['2026-02-28T10:00:00Z'], repeat: { frequency: 1 } } }],
  ])('%s: %j', (reason, effective) => {
    const { samples, unmeasured } = toClinical(observation({ effectiveDateTime: undefined, ...effective }), context);
    expect([samples, unmeasured.map((one) => one.reason)]).toEqual([[], [reason]]);
  });
});

describe('SampledData', () => {
  const origin = (code: string, value = 0): object => ({ value, system: UCUM, code });
  const heartRates = (over: object): JsonObject =>
    observation({
      valueQuantity: undefined,
      valueSampledData: { origin: origin('/min'), period: 1000, dimensions: 1, data: '60 61', ...over },
    });
  const ecg = (over: object): JsonObject =>
    observation({
      code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131328' }] },
      valueQuantity: undefined,
      valueSampledData: { origin: origin('mV'), period: 4, dimensions: 1, data: '1 2', ...over },
    });

  it('of a vital sign is as many measurements', () => {
    const data = '60.5 E 6.2e1 U -1E1 L';
    const limits = { factor: 2, upperLimit: 100, lowerLimit: 10 };
    const { samples, unmeasured } = toClinical(heartRates({ data, ...limits, origin: origin('/min', 30) }), context);
    expect(samples).toEqual([
      { c: 1, t: at, i: 'Observation/o1#heart-rate@0', x: 151 },
      { c: 1, t: at + 2000, i: 'Observation/o1#heart-rate@2', x: 154 },
      { c: 1, t: at + 3000, i: 'Observation/o1#heart-rate@3', x: 230, b: '>' },
      { c: 1, t: at + 4000, i: 'Observation/o1#heart-rate@4', x: 10, q: 1, r: [expect.any(String)] },
      { c: 1, t: at + 5000, i: 'Observation/o1#heart-rate@5', x: 50, b: '<' },
    ]);
    expect(unmeasured).toEqual([{ reason: 'series-gaps', expression: 'Observation.valueSampledData' }]);
  });

  it('turns its limits round with a negative factor, and has no bound without a limit', () => {
    const { samples } = toClinical(heartRates({ data: 'U L', factor: -1, upperLimit: -60, lowerLimit: -100 }), context);
    expect(samples).toMatchObject([
      { x: 60, b: '<' },
      { x: 100, b: '>' },
    ]);
    expect(toClinical(heartRates({ data: 'U 60' }), context).samples).toMatchObject([{ x: 60 }]);
  });

  it('of a waveform is cut where there is no value', () => {
    const { samples, unmeasured } = toClinical(ecg({ data: '1 2 E E 3 U 4' }), context);
    expect(samples).toEqual([
      { c: 12, t: at, i: 'Observation/o1#ecg', s: [1, 2], p: 4 },
      { c: 12, t: at + 16, i: 'Observation/o1#ecg@4', s: [3], p: 4 },
      { c: 12, t: at + 24, i: 'Observation/o1#ecg@6', s: [4], p: 4 },
    ]);
    expect(unmeasured.map(({ reason }) => reason)).toEqual(['series-gaps']);
  });

  it('of several dimensions is a channel for each', () => {
    expect(toClinical(ecg({ dimensions: 2, data: '1 10 2 20' }), context).samples).toEqual([
      { c: 12, t: at, i: 'Observation/o1#ecg', s: [1, 2], p: 4, h: 'dimension-1' },
      { c: 12, t: at, i: 'Observation/o1#ecg~2', s: [10, 20], p: 4, h: 'dimension-2' },
    ]);
  });

  it('of any length is cut into measurements that the log takes', () => {
    const { samples } = toClinical(ecg({ data: Array<string>(45_000).fill('0.1').join(' ') }), context);
    expect(samples.map(({ s, t, i }) => [s?.length, t - at, i])).toEqual([
      [20_000, 0, 'Observation/o1#ecg'],
      [20_000, 80_000, 'Observation/o1#ecg@20000'],
      [5_000, 160_000, 'Observation/o1#ecg@40000'],
    ]);
  });

  it.each([
    ['series-invalid', heartRates({ period: 0 })],
    ['series-invalid', heartRates({ period: 1e39 })],
    ['series-invalid', ecg({ period: 1e39 })],
    ['series-invalid', ecg({ period: -4 })],
    ['series-invalid', ecg({ data: '1 two' })],
    ['series-invalid', ecg({ data: '' })],
    ['series-invalid', ecg({ data: undefined })],
    ['series-invalid', ecg({ dimensions: 2, data: '1 2 3' })],
    ['series-invalid', ecg({ data: '1e999' })],
    ['series-invalid', heartRates({ dimensions: 2 })],
    ['impossible-value', ecg({ data: '1 1e30' })],
    ['unit-not-ucum', ecg({ origin: { value: 0, code: 'mV' } })],
    ['missing-unit', ecg({ origin: { value: 0, unit: 'mV' } })],
    ['unit-unknown', ecg({ origin: origin('furlong') })],
    ['series-gaps', ecg({ data: 'E E' })],
  ])('%s', (reason, resource) => {
    const { samples, unmeasured } = toClinical(resource, context);
    expect([samples, unmeasured.map((one) => one.reason)]).toEqual([[], [reason]]);
  });
});
