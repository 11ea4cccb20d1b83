import { featuresOf, FEATURE_GROUPS, type FeatureGroup } from './features.js';
import type { History } from './history.js';
import type { LowModel } from './models.js';

/** Log-odds of a low, with its terms: `intercept` plus the contributions, added in their order, is `score` exactly. */
export interface LowForecast {
  readonly kind: 'forecast';
  readonly score: number;
  readonly probability: number;
  readonly intercept: number;
  readonly contributions: readonly { readonly name: FeatureGroup; readonly contribution: number }[];
}

/** Fewer than 30 min of readings without a gap over 16 min. */
export interface ForecastRefusal {
  readonly kind: 'refused';
  readonly reason: 'too-little-history';
}

/** Forecast from the newest reading of a history. */
export function forecastLow(model: LowModel, history: History): LowForecast | ForecastRefusal {
  const features = featuresOf(history);
  if (features === undefined) return { kind: 'refused', reason: 'too-little-history' };
  const contributions = FEATURE_GROUPS.map((name) => ({
    name,
    contribution: features.reduce(
      (sum, [group, value], i) => (group === name ? sum + value * (model.weights[i] ?? 0) : sum),
      0,
    ),
  }));
  const score = contributions.reduce((sum, { contribution }) => sum + contribution, model.intercept);
  return {
    kind: 'forecast',
    score,
    probability: 1 / (1 + Math.exp(-score)),
    intercept: model.intercept,
    contributions,
  };
}
