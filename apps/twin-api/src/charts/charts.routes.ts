import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { LimitsQuery, ListQuery, SeriesQuery, TimelineQuery, WavesQuery } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { patientId } from '../wire.js';
import { CHARTS, type Charts } from './charts.js';

/** `/v1/measures`, and what is drawn of a twin. */
@Controller('v1')
@RequireScope('twins.read')
export class ChartRoutes {
  constructor(@Inject(CHARTS) private readonly charts: Charts) {}

  @Get('measures')
  measures(@Query({ schema: ListQuery }) page: z.output<typeof ListQuery>): object {
    return this.charts.measures(page);
  }

  @Get('twins/:patient/series')
  series(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: SeriesQuery }) query: z.output<typeof SeriesQuery>,
  ): Promise<object> {
    return this.charts.series(caller.tenant.key, patientId(patient), query);
  }

  @Get('twins/:patient/waves')
  waves(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: WavesQuery }) query: z.output<typeof WavesQuery>,
  ): Promise<object> {
    return this.charts.waves(caller.tenant.key, patientId(patient), query);
  }

  @Get('twins/:patient/timeline')
  timeline(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: TimelineQuery }) query: z.output<typeof TimelineQuery>,
  ): Promise<object> {
    return this.charts.timeline(caller.tenant.key, patientId(patient), query);
  }

  @Get('twins/:patient/limits')
  limits(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: LimitsQuery }) query: z.output<typeof LimitsQuery>,
  ): Promise<object> {
    return this.charts.limits(caller.tenant.key, patientId(patient), query);
  }
}
