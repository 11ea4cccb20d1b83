import { QUANTILE_LEVELS, type ForecastPoint, type Quantiles } from '#libs/domain/forecasting';
import type { LedgerForecast } from './packed/packed-forecast.js';

/**
 * The points that a reader is shown. Of a demoted model those of persistence: the newest value goes on, with the model's own spread around it. The model's error was
 * larger than that of persistence, so the band is rather too wide than too narrow.
 */
export function shownPoints({ points, status }: Pick<LedgerForecast, 'points' | 'status'>): readonly ForecastPoint[] {
  return status === 'active' ? points : points.map(asPersistence);
}

function asPersistence({ minutes, mean, quantiles, baselines }: ForecastPoint): ForecastPoint {
  const shift = baselines.persistence - mean;
  const moved = QUANTILE_LEVELS.map((level) => [level, quantiles[level] + shift] as const);
  return {
    minutes,
    mean: baselines.persistence,
    quantiles: Object.fromEntries(moved) as unknown as Quantiles,
    baselines,
  };
}
