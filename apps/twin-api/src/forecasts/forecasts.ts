import type { Pool } from 'pg';
import type { z } from 'zod';
import type {
  ForecastHistoryQuery,
  ForecastListSchema,
  ForecastPairListSchema,
  ForecastScoreListSchema,
  ForecastScoresQuery,
  ForecastsQuery,
  ModelStatusesQuery,
  ModelStatusListSchema,
} from '#libs/contracts';
import type { Forecaster } from '#libs/domain/forecasting';
import { forecastHistory } from './forecast-history.js';
import { forecastScores } from './forecast-scores.js';
import { modelStatuses } from './model-statuses.js';
import { newestForecasts } from './newest-forecasts.js';

export const FORECASTS = Symbol('Forecasts');

/** What models said, and what came of it, by tenant key. */
export class Forecasts {
  constructor(
    private readonly pool: Pool,
    private readonly forecasters: readonly Forecaster[],
  ) {}

  newest(
    tenant: number,
    patient: string,
    query: z.output<typeof ForecastsQuery>,
  ): Promise<z.input<typeof ForecastListSchema>> {
    return newestForecasts(this.pool, this.forecasters, tenant, patient, query, Date.now());
  }

  history(
    tenant: number,
    patient: string,
    query: z.output<typeof ForecastHistoryQuery>,
  ): Promise<z.input<typeof ForecastPairListSchema>> {
    return forecastHistory(this.pool, this.forecasters, tenant, patient, query, Date.now());
  }

  scores(
    tenant: number,
    query: z.output<typeof ForecastScoresQuery>,
  ): Promise<z.input<typeof ForecastScoreListSchema>> {
    return forecastScores(this.pool, this.forecasters, tenant, query, Date.now());
  }

  statuses(tenant: number, query: z.output<typeof ModelStatusesQuery>): Promise<z.input<typeof ModelStatusListSchema>> {
    return modelStatuses(this.pool, tenant, query);
  }
}
