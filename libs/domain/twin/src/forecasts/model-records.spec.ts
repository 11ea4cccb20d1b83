import { describe, expect, it } from '@jest/globals';
import type { ModelParametersRecord, ModelStatusRecord, WireModelStatus, WireParameters } from '#libs/contracts';
import { GLUCOSE, T0 } from '#libs/testing/ward';
import type { ForecastingState } from '../state/forecasting-state.js';
import { takeParameters, takeStatus } from './model-records.js';

const HEAD = { v: 1, tenant: 1, patient: 'p1', receivedAt: T0 } as const;
const FIT: WireParameters = {
  model: 'model',
  modelVersion: '1.0.0',
  version: 2,
  fittedAt: T0,
  dataFrom: T0,
  dataUntil: T0,
  estimates: { damping: 0.5 },
  spread: [1],
};
const DEMOTED: WireModelStatus = { model: 'model', code: GLUCOSE, status: 'demoted', reason: '', skill: -0.1, n: 200 };

const fit = (over: object, forecasting?: ForecastingState) =>
  takeParameters({ forecasting, now: T0 }, {
    ...HEAD,
    kind: 'model-parameters',
    parameters: { ...FIT, ...over },
  } as ModelParametersRecord);
const status = (over: object, forecasting?: ForecastingState) =>
  takeStatus({ forecasting, now: T0 }, {
    ...HEAD,
    kind: 'model-status',
    status: { ...DEMOTED, ...over },
  } as ModelStatusRecord);

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

describe('parameters fitted to a person', () => {
  it('are taken as they came, and kept without what only readers are shown', () => {
    const { state, parameters, isNews } = fit({ report: { rmse: 12 } });
    expect(state).toEqual({ forecasting: { parameters: { model: FIT } } });
    expect(parameters).toEqual([{ ...FIT, report: { rmse: 12 }, at: T0 }]);
    expect(isNews).toBe(true);
  });

  it.each<[string, object]>([
    ['a model that is no name', { model: 1 }],
    ['a version that is no whole number', { version: 1.5 }],
    ['no estimates', { estimates: null }],
    ['estimates that are no record', { estimates: 'all' }],
    ['no spread', { spread: undefined }],
    ['an estimate that is no number', { estimates: { damping: Number.NaN } }],
    ['a spread that is no number', { spread: [1, Number.POSITIVE_INFINITY] }],
    ['more than 1,000 numbers', { spread: numbers(1_000) }],
  ])('are refused with %s', (_, over) => {
    expect(fit(over)).toEqual({ dropped: ['parameters-refused'] });
  });

  it('may be 1,000 numbers', () => {
    expect(fit({ spread: numbers(999) }).isNews).toBe(true);
  });

  it('are dropped unless they are newer than those that are known', () => {
    const known = { parameters: { model: FIT } };
    for (const version of [1, 2]) expect(fit({ version }, known)).toEqual({ dropped: ['parameters-outdated'] });
    expect(fit({ version: 3 }, known).state).toEqual({
      forecasting: { parameters: { model: { ...FIT, version: 3 } } },
    });
    expect(fit({ model: 'other', version: 1 }, known).isNews).toBe(true);
  });

  it('are kept of the eight models that were fitted last', () => {
    const parameters = Object.fromEntries(numbers(8).map((i) => [`m-${i}`, { ...FIT, model: `m-${i}` }]));
    const names = (over: object) => Object.keys(fit(over, { parameters }).state!.forecasting!.parameters!);
    expect(names({ model: 'm-8' })).toEqual(numbers(8).map((i) => `m-${i + 1}`));
    expect(names({ model: 'm-0', version: 3 })).toEqual([1, 2, 3, 4, 5, 6, 7, 0].map((i) => `m-${i}`));
  });

  it('leave what else is known of models', () => {
    const statuses = { [`model/${GLUCOSE}`]: DEMOTED };
    expect(fit({}, { statuses }).state!.forecasting).toEqual({ statuses, parameters: { model: FIT } });
  });
});

describe('what the ledger says of a model', () => {
  it('is taken by model and measure', () => {
    const key = `model/${GLUCOSE}`;
    const parameters = { model: FIT };
    expect(status({}, { parameters })).toEqual({
      state: { forecasting: { parameters, statuses: { [key]: DEMOTED } } },
      statuses: [{ ...DEMOTED, at: T0 }],
      isNews: true,
    });
    const active = { ...DEMOTED, status: 'active' };
    expect(status(active, { statuses: { [key]: DEMOTED } }).state).toEqual({
      forecasting: { statuses: { [key]: active } },
    });
  });

  it.each<[reason: string, over: object]>([
    ['model-status-refused', { model: 1 }],
    ['model-status-refused', { code: 1.5 }],
    ['model-status-repeated', {}],
    ['model-status-repeated', { code: 1, status: 'active' }],
  ])('is dropped as %s', (reason, over) => {
    expect(status(over, { statuses: { [`model/${GLUCOSE}`]: DEMOTED } })).toEqual({ dropped: [reason] });
  });

  it('is kept of the 64 pairs that were heard of last', () => {
    const statuses = Object.fromEntries(numbers(64).map((i) => [`m-${i}/${GLUCOSE}`, DEMOTED]));
    const known = Object.keys(status({}, { statuses }).state!.forecasting!.statuses!);
    expect(known).toEqual([...numbers(63).map((i) => `m-${i + 1}/${GLUCOSE}`), `model/${GLUCOSE}`]);
  });
});
