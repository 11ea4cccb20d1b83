import type { WireModelStatus, WireParameters, WireSample } from '#libs/contracts';
import type { Forecaster } from '#libs/domain/forecasting';
import { PACKS } from '#libs/domain/packs';
import { GLUCOSE, MINUTE, T0, TREND, Ward } from '#libs/testing/ward';
import { catalogueOf, type ForecastChange, type TwinState } from '../index.js';

export const CATALOGUE = catalogueOf(PACKS, [TREND]);
export const KEY = `glucose-forecast/${GLUCOSE}`;

export function wardWith(forecaster: Forecaster = TREND, reload?: (state: TwinState) => TwinState): Ward {
  return new Ward('p1', reload, forecaster === TREND ? CATALOGUE : catalogueOf(PACKS, [forecaster]));
}

export function glucose(minute: number, x: number, more: Partial<WireSample> = {}): WireSample {
  return { c: GLUCOSE, t: T0 + minute * MINUTE, x, i: `g-${minute}`, ...more };
}

export function said(ward: Ward): readonly ForecastChange[] {
  return ward.outcomes.flatMap(({ forecasts }) => forecasts);
}

export function means(ward: Ward): readonly unknown[] {
  return said(ward).map((one) => (one.kind === 'forecast' ? one.points.map(({ mean }) => mean) : one.reason));
}

export const HEAD = { v: 1, tenant: 1, patient: 'p1' } as const;
export const FIT: WireParameters = {
  model: 'glucose-forecast',
  modelVersion: '1.0.0',
  version: 1,
  fittedAt: T0,
  dataFrom: T0,
  dataUntil: T0,
  estimates: { damping: 0.5 },
  spread: [1],
  report: { rmse: 12 },
};

export function parameters(ward: Ward, over: Partial<WireParameters> = {}, minute = 20) {
  const receivedAt = T0 + minute * MINUTE;
  return ward.take({ ...HEAD, kind: 'model-parameters', receivedAt, parameters: { ...FIT, ...over } });
}

export function status(ward: Ward, over: Partial<WireModelStatus> = {}, minute = 20) {
  const demoted = {
    model: 'glucose-forecast',
    code: GLUCOSE,
    status: 'demoted',
    reason: '',
    skill: -0.1,
    n: 200,
  } as const;
  return ward.take({
    ...HEAD,
    kind: 'model-status',
    receivedAt: T0 + minute * MINUTE,
    status: { ...demoted, ...over },
  });
}
