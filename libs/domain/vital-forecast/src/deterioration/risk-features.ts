import { TREND_TERMS, trendSteps, type TrendState } from '#libs/domain/deterioration';
import type { Subject } from '#libs/domain/forecasting';
import type { Readings } from '../features/readings.js';
import { VITAL_SIGNS, vitalSign } from '../features/vital-signs.js';
import { HOUR_MS, newestTime, newestValue } from '../memory/hours.js';
import { chartOf, newestOfAll, type VitalMemory } from '../memory/memory.js';
import { probabilityBeyond } from '../model/vital-model.js';
import { VITAL_MODEL } from '../model/vital-weights.js';
import { STABLE_LIMITS, type StableLimits } from './instability.js';

/** One column of the risk model: a term of the deterioration trend, or how probable a value beyond its limits is at a horizon. */
export type RiskColumn =
  | { readonly kind: 'term'; readonly code: number; readonly place: number }
  | { readonly kind: 'beyond'; readonly code: number; readonly limits: StableLimits; readonly horizon: number };

/** Places of 3 and 12 h among the horizons of the forecast. */
const HORIZONS = [1, 3] as const;
/** A vital sign counts for this long: the longest time between two full sets of a stable person (NEWS2, RCP 2017). */
const COUNTS_MS = 12 * HOUR_MS;
/** Log-odds are held within these, so that a certain forecast outweighs no other sign. */
const MAX_LOG_ODDS = 8;

export const RISK_COLUMNS: readonly RiskColumn[] = [
  ...TREND_TERMS.flatMap(({ variable }, place): RiskColumn[] => {
    const sign = VITAL_SIGNS.find(({ name }) => name === variable);
    return sign === undefined ? [] : [{ kind: 'term', code: sign.code, place }];
  }),
  ...STABLE_LIMITS.flatMap((limits) =>
    HORIZONS.map((horizon): RiskColumn => ({ kind: 'beyond', code: limits.code, limits, horizon })),
  ),
];

/** The columns at `at` (ms), the time of the newest value; undefined: not known. */
export interface RiskFeatures {
  readonly at: number;
  readonly columns: ReadonlyArray<number | undefined>;
}

export function riskFeatures(readings: Readings, about: Subject): RiskFeatures | undefined {
  const { memory } = readings;
  const at = newestOfAll(memory);
  if (at === undefined) return undefined;
  const { steps } = trendSteps(trendStateOf(memory), at);
  const ahead = new Map(
    STABLE_LIMITS.map(({ code }) => {
      const features = readings.featuresOf(vitalSign(code)!, about);
      return [code, features && at - features.own.at <= COUNTS_MS ? features : undefined] as const;
    }),
  );
  return {
    at,
    columns: RISK_COLUMNS.map((column) => {
      if (column.kind === 'term') return steps[column.place];
      const features = ahead.get(column.code);
      if (features === undefined) return undefined;
      const horizon = VITAL_MODEL.signs[column.code]!.horizons[column.horizon]!;
      const p = probabilityBeyond(VITAL_MODEL, vitalSign(column.code)!, horizon, features, column.limits);
      return Math.max(-MAX_LOG_ODDS, Math.min(MAX_LOG_ODDS, Math.log(p / (1 - p))));
    }),
  };
}

/** The chart of the deterioration trend: the newest value of each clock hour. */
function trendStateOf(memory: VitalMemory): TrendState {
  return Object.fromEntries(
    VITAL_SIGNS.flatMap(({ code, name }) => {
      const chart = chartOf(memory, code);
      if (chart === undefined) return [];
      return [[name, [...chart.earlier, chart.open].map((hour) => [newestTime(hour), newestValue(hour)] as const)]];
    }),
  );
}
