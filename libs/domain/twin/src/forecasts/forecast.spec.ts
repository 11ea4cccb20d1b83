import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PatientInput, WireSample } from '#libs/contracts';
import { PACKS } from '#libs/domain/packs';
import { refuse } from '#libs/domain/forecasting';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import { GLUCOSE, HEART_RATE, MINUTE, OXYGEN, SECOND, T0, TREND, Ward } from '#libs/testing/ward';
import { catalogueOf, readTwin, writeTwin, type TwinState } from '../index.js';
import { CATALOGUE, glucose, HEAD, KEY, means, parameters, said, status, wardWith } from './forecast.fixture.js';

describe('forecasts of a record', () => {
  it('are one of each measure whose model has a new input, and none for other measures', () => {
    const ward = wardWith();
    ward.send([glucose(0, 100), glucose(5, 110)]);
    ward.send([{ c: OXYGEN, t: T0 + 6 * MINUTE, x: 97 }]);
    ward.send([{ c: HEART_RATE, t: T0 + 7 * MINUTE, x: 80 }]);
    expect(ward.outcomes.map(({ forecasts }) => forecasts.length)).toEqual([1, 0, 1]);
    expect(said(ward)[0]).toMatchObject({
      model: 'glucose-forecast',
      version: '1.0.0',
      code: GLUCOSE,
      issuedAt: T0 + 5 * MINUTE,
      status: 'active',
      parameters: 'population',
    });
    expect(means(ward)).toEqual([
      [140, 170],
      [140, 170],
    ]);
  });

  it('rest on the newest version of each value: a correction makes a new one, a withdrawn or bad value does not count', () => {
    const ward = wardWith();
    ward.send([glucose(0, 100), glucose(5, 110), glucose(10, 400, { q: 2 })]);
    ward.send([glucose(5, 105)], T0 + 11 * MINUTE);
    ward.send([glucose(5, 105, { w: 1 })], T0 + 12 * MINUTE);
    expect(means(ward)).toEqual([[140, 170], [120, 135], 'too-little-data']);
  });

  it('are refused once, and again when there is another reason; the twin keeps the newest', () => {
    const ward = wardWith();
    for (let minute = 0; minute < 3; minute++) ward.send([{ c: HEART_RATE, t: T0 + minute * MINUTE, x: 80 }]);
    ward.send([glucose(3, 100)]);
    ward.send([{ c: HEART_RATE, t: T0 + 4 * MINUTE, x: 80 }]);
    expect(means(ward)).toEqual(['too-little-data']);
    const kept = ward.state.forecasting?.models?.['glucose-forecast']?.outputs[GLUCOSE];
    expect(kept?.refused).toEqual({ reason: 'too-little-data', message: 'Fewer than two values.' });
    ward.send([glucose(8, 110)]);
    expect(ward.state.forecasting?.models?.['glucose-forecast']?.outputs[GLUCOSE]).not.toHaveProperty('refused');
  });

  it('are scored no nearer to each other than the model wants, but for what it had taken before; all are said', () => {
    const hourly = { ...TREND, outputs: [{ ...TREND.outputs[0]!, scoredEveryMs: 60 * MINUTE }] };
    const ward = wardWith(hourly);
    ward.send([glucose(0, 100), glucose(5, 105)]);
    for (const minute of [10, 30, 64, 65, 70]) ward.send([glucose(minute, 105 + minute)]);
    ward.send([glucose(60, 111)], T0 + 71 * MINUTE);
    ward.send([glucose(61, 112)], T0 + 130 * MINUTE);
    ward.send([glucose(62, 113)], T0 + 131 * MINUTE);
    const scored = said(ward).map((one) => (one.kind === 'forecast' && one.scored ? 'scored' : '-'));
    expect(scored.join(' ')).toBe('scored - - - scored - - scored -');
  });

  it('rest on no later value of another measure, but of models that plan with it', () => {
    const { usesLater: _, ...output } = TREND.outputs[0]!;
    const ward = wardWith({ ...TREND, outputs: [output] });
    ward.send([glucose(0, 100), glucose(5, 110)]);
    const pulse = (minute: number): WireSample => ({ c: HEART_RATE, t: T0 + minute * MINUTE, x: 80, i: `h-${minute}` });
    for (const minute of [6, 4, 5]) ward.send([pulse(minute)], T0 + (10 + minute) * MINUTE);
    ward.send([glucose(15, 110), pulse(16)]);
    expect(ward.outcomes.map(({ forecasts }) => forecasts.length)).toEqual([1, 0, 1, 1, 1]);
  });

  it('know the person as the facts say: unknown stays unknown', () => {
    const ward = wardWith();
    const demographics = { fact: 'demographics', reference: 'Patient/p1', version: 1 } as const;
    const fact = { ...demographics, content: { birthDate: '2022-01-01' } };
    ward.take({ ...HEAD, kind: 'clinical', receivedAt: T0, source: 'fhir', facts: [fact], samples: [] });
    ward.send([glucose(0, 100), glucose(5, 110)]);
    expect(means(ward)).toEqual(['outside-population']);
  });

  it('know the age in whole years: what is computed of a memory holds whenever it is asked', () => {
    const ward = wardWith({ ...TREND, forecast: (_, __, about) => refuse('outside-domain', `${about.ageYears}`) });
    const demographics = { fact: 'demographics', reference: 'Patient/p1', version: 1 } as const;
    const fact = { ...demographics, content: { birthDate: '1980-05-05' } };
    ward.take({ ...HEAD, kind: 'clinical', receivedAt: T0, source: 'fhir', facts: [fact], samples: [] });
    ward.send([glucose(0, 100), glucose(5, 110)]);
    expect(said(ward)).toMatchObject([{ message: expect.stringMatching(/^\d+$/) }]);
  });

  it('cost nothing without a model: the twin is as it was before there were any', () => {
    const ward = new Ward();
    ward.send([glucose(0, 100), glucose(5, 110)]);
    expect(ward.state).not.toHaveProperty('forecasting');
    expect(said(ward)).toEqual([]);
  });
});

describe('what the log says of models', () => {
  it('counts from its place on: parameters of the newest fit, without what only readers are shown', () => {
    const ward = wardWith();
    ward.send([glucose(0, 100), glucose(5, 110)]);
    expect(parameters(ward, { version: 2 }).parameters).toMatchObject([{ version: 2, report: { rmse: 12 } }]);
    expect(parameters(ward, { version: 1 }).counts.dropped).toEqual({ 'parameters-outdated': 1 });
    expect(parameters(ward, { version: 3, spread: [Number.NaN] }).counts.dropped).toEqual({ 'parameters-refused': 1 });
    expect(ward.state.forecasting?.parameters?.['glucose-forecast']).not.toHaveProperty('report');
    ward.send([glucose(10, 120)]);
    expect(said(ward).at(-1)).toMatchObject({ parameters: 'personal' });
    expect(means(ward).at(-1)).toEqual([135, 150]);
  });

  it('demotes a model for one measure and brings it back; it goes on forecasting', () => {
    const ward = wardWith();
    expect(status(ward).statuses).toHaveLength(1);
    expect(status(ward).counts.dropped).toEqual({ 'model-status-repeated': 1 });
    ward.send([glucose(0, 100), glucose(5, 110)]);
    expect(said(ward)).toMatchObject([{ kind: 'forecast', status: 'demoted' }]);
    expect(ward.state.forecasting?.statuses?.[KEY]?.status).toBe('demoted');
    status(ward, { status: 'active' });
    ward.send([glucose(10, 110)]);
    expect(said(ward).at(-1)).toMatchObject({ status: 'active' });
  });
});

describe('a stored twin', () => {
  it('reads its models back; one of before has none and begins anew', () => {
    const ward = wardWith();
    ward.send([glucose(0, 100), glucose(5, 110)]);
    parameters(ward);
    status(ward);
    const stored = writeTwin(CATALOGUE, ward.state);
    expect(readTwin(CATALOGUE, stored)).toEqual({ kind: 'twin', state: ward.state });
    const { forecasting: _, ...before } = ward.state;
    const old = readTwin(CATALOGUE, writeTwin(CATALOGUE, before));
    expect(old).toEqual({ kind: 'twin', state: before });
  });

  it.each([
    [2, {}, null],
    [2, { 1: () => ({ values: [] }) }, { values: [] }],
  ])('of another memory version %d begins the memory anew or brings it up', (version, upcasters, memory) => {
    const ward = wardWith();
    ward.send([glucose(0, 100), glucose(5, 110)]);
    const next = catalogueOf(PACKS, [{ ...TREND, memory: { version, upcasters } }]);
    const read = readTwin(next, writeTwin(CATALOGUE, ward.state));
    expect(read).toMatchObject({ state: { memories: { 'forecaster:glucose-forecast': 2 } } });
    const model = read.kind === 'twin' ? read.state.forecasting?.models?.['glucose-forecast'] : undefined;
    expect(model?.memory).toEqual(memory);
    expect(model?.outputs).toEqual(ward.state.forecasting?.models?.['glucose-forecast']?.outputs);
  });

  it('with forecasts that are none is not read at all', () => {
    const broken = { ...new Ward().state, forecasting: { models: { trend: { outputs: {} } } } };
    expect(readTwin(CATALOGUE, JSON.stringify(broken))).toEqual({ kind: 'unreadable', reason: 'malformed' });
  });
});

const sample: fc.Arbitrary<WireSample> = fc
  .record({
    c: fc.constantFrom(GLUCOSE, GLUCOSE, HEART_RATE, OXYGEN),
    slot: fc.nat(60),
    x: fc.integer({ min: 60, max: 200 }),
    q: fc.constantFrom<0 | 1 | 2>(0, 0, 1, 2),
    own: fc.boolean(),
  })
  .map(({ c, slot, x, q, own }) => ({ c, t: T0 + slot * 5 * MINUTE, x, q, ...(own ? { i: `${c}-${slot}` } : {}) }));

describe('the same log', () => {
  it('gives the same forecasts and the same twin, wherever the twin was stored and read again', () => {
    let issued = 0;
    let unscored = 0;
    fc.assert(
      fc.property(
        fc.array(fc.array(sample, { minLength: 1, maxLength: 4 }), { maxLength: 25 }),
        fc.infiniteStream(fc.boolean()),
        (records, cuts) => {
          const log = records.map((samples, i): PatientInput => ({
            ...HEAD,
            kind: 'samples',
            source: 'gateway',
            device: '',
            receivedAt: T0 + 300 * MINUTE + i * SECOND,
            samples,
          }));
          const reload = (state: TwinState): TwinState => {
            if (cuts.next().value === false) return state;
            const read = readTwin(CATALOGUE, writeTwin(CATALOGUE, state));
            if (read.kind !== 'twin') throw new Error(read.reason);
            return read.state;
          };
          const sparse = { ...TREND, outputs: [{ ...TREND.outputs[0]!, scoredEveryMs: 20 * MINUTE }] };
          const whole = wardWith(sparse);
          const cut = wardWith(sparse, reload);
          for (const record of log) {
            whole.take(record);
            cut.take(record);
          }
          expect(JSON.stringify(said(cut))).toBe(JSON.stringify(said(whole)));
          expect(writeTwin(CATALOGUE, cut.state)).toBe(writeTwin(CATALOGUE, whole.state));
          issued += said(whole).length;
          unscored += said(whole).filter((one) => one.kind === 'forecast' && !one.scored).length;
        },
      ),
      propertyRuns(60),
    );
    expect(issued).toBeGreaterThan(metInRuns(100));
    expect(unscored).toBeGreaterThan(metInRuns(20));
  });
});
