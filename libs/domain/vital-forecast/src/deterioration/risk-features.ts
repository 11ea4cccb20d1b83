import { stepsOfChart, TREND_TERMS, type TrendVariable } from '#libs/domain/deterioration';
import type { Subject } from '#libs/domain/forecasting';
import type { Readings } from '../features/readings.js';
import { VITAL_SIGNS, type VitalSign } from '../features/vital-signs.js';
import { HOUR_MS, newestTime, newestValue } from '../memory/hours.js';
import type { Chart } from '../memory/chart.js';
import { chartOf, newestOfAll } from '../memory/memory.js';
import { probabilityBeyond, type HorizonModel } from '../model/vital-model.js';
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

/** What is read of one vital sign, and where it stands among the columns. */
interface SignPlan {
  readonly sign: VitalSign;
  /** Of its terms, in the order of the trend. */
  readonly terms: readonly number[];
  readonly beyond: ReadonlyArray<{
    readonly place: number;
    readonly limits: StableLimits;
    readonly horizon: HorizonModel;
  }>;
}

const PLANS: readonly SignPlan[] = VITAL_SIGNS.map((sign) => {
  const own = [...RISK_COLUMNS.entries()].filter(([, { code }]) => code === sign.code);
  const { horizons } = VITAL_MODEL.signs[sign.code]!;
  return {
    sign,
    terms: own.flatMap(([place, column]) => (column.kind === 'term' ? [place] : [])),
    beyond: own.flatMap(([place, column]) =>
      column.kind === 'beyond' ? [{ place, limits: column.limits, horizon: horizons[column.horizon]! }] : [],
    ),
  };
});

export function riskFeatures(readings: Readings, about: Subject): RiskFeatures | undefined {
  const at = newestOfAll(readings.memory);
  if (at === undefined) return undefined;
  const columns = Array.from<number | undefined>({ length: RISK_COLUMNS.length });
  for (const plan of PLANS) readSign(columns, plan, readings, about, at);
  return { at, columns };
}

function readSign(
  columns: (number | undefined)[],
  { sign, terms, beyond }: SignPlan,
  readings: Readings,
  about: Subject,
  at: number,
): void {
  const chart = chartOf(readings.memory, sign.code);
  if (chart === undefined) return;
  const steps = stepsOfChart(sign.name as TrendVariable, trendChart(chart), at);
  for (const [n, place] of terms.entries()) columns[place] = steps[n];
  if (beyond.length === 0) return;
  const features = readings.featuresOf(sign, about);
  if (features === undefined || at - features.own.at > COUNTS_MS) return;
  for (const { place, limits, horizon } of beyond) {
    const p = probabilityBeyond(VITAL_MODEL, sign, horizon, features, limits);
    columns[place] = Math.max(-MAX_LOG_ODDS, Math.min(MAX_LOG_ODDS, Math.log(p / (1 - p))));
  }
}

/** The chart of the deterioration trend: the newest value of each clock hour. */
function trendChart({ earlier, open }: Chart): readonly (readonly [t: number, value: number])[] {
  return [...earlier, open].map((hour) => [newestTime(hour), newestValue(hour)]);
}

/** Places of the columns of each vital sign, ascending, by catalogue number. */
export const PLACES_OF: ReadonlyMap<number, readonly number[]> = new Map(
  PLANS.map(({ sign, terms, beyond }) => [sign.code, [...terms, ...beyond.map(({ place }) => place)]]),
);
