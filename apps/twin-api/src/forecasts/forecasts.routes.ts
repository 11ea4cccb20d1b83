import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { ForecastHistoryQuery, ForecastScoresQuery, ForecastsQuery, ModelStatusesQuery } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { patientId } from '../wire.js';
import { FORECASTS, type Forecasts } from './forecasts.js';

/** `/v1/twins/{patient}/forecasts`, `/v1/forecast-scores` and `/v1/model-statuses`. */
@Controller('v1')
@RequireScope('forecasts.read')
export class ForecastRoutes {
  constructor(@Inject(FORECASTS) private readonly forecasts: Forecasts) {}

  @Get('twins/:patient/forecasts')
  newest(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: ForecastsQuery }) query: z.output<typeof ForecastsQuery>,
  ): Promise<object> {
    return this.forecasts.newest(caller.tenant.key, patientId(patient), query);
  }

  @Get('twins/:patient/forecasts/history')
  history(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: ForecastHistoryQuery }) query: z.output<typeof ForecastHistoryQuery>,
  ): Promise<object> {
    return this.forecasts.history(caller.tenant.key, patientId(patient), query);
  }

  @Get('forecast-scores')
  scores(
    @Caller() caller: Access,
    @Query({ schema: ForecastScoresQuery }) query: z.output<typeof ForecastScoresQuery>,
  ): Promise<object> {
    return this.forecasts.scores(caller.tenant.key, query);
  }

  @Get('model-statuses')
  statuses(
    @Caller() caller: Access,
    @Query({ schema: ModelStatusesQuery }) query: z.output<typeof ModelStatusesQuery>,
  ): Promise<object> {
    return this.forecasts.statuses(caller.tenant.key, query);
  }
}
