import { Body, Controller, Get, Headers, HttpCode, Inject, Put, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AlarmQualityQuery, ListQuery, PutThresholdsRequest, SuppressionsQuery } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { API, type Api } from '../api.js';
import { idempotencyKeyOf } from './idempotency-key.js';

/** What a tenant sets for all its patients, and how its alarms do. */
@Controller('v1')
export class LimitRoutes {
  constructor(@Inject(API) private readonly api: Api) {}

  @Get('thresholds')
  @RequireScope('thresholds.read')
  thresholds(
    @Caller() caller: Access,
    @Query({ schema: ListQuery }) page: z.output<typeof ListQuery>,
  ): Promise<object> {
    return this.api.tenantThresholds(caller.tenant.key, page);
  }

  @Put('thresholds')
  @HttpCode(202)
  @RequireScope('thresholds.write')
  setThresholds(
    @Caller() caller: Access,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: PutThresholdsRequest }) request: z.output<typeof PutThresholdsRequest>,
  ): Promise<object> {
    return this.api.acts.setTenantThresholds({ access: caller, idempotencyKey: idempotencyKeyOf(key) }, request);
  }

  @Get('suppressions')
  @RequireScope('alerts.read')
  suppressions(
    @Caller() caller: Access,
    @Query({ schema: SuppressionsQuery }) query: z.output<typeof SuppressionsQuery>,
  ): Promise<object> {
    return this.api.suppressions(caller.tenant.key, query);
  }

  @Get('alarm-quality')
  @RequireScope('alerts.read')
  alarmQuality(
    @Caller() caller: Access,
    @Query({ schema: AlarmQualityQuery }) query: z.output<typeof AlarmQualityQuery>,
  ): Promise<object> {
    return this.api.alarmQuality(caller.tenant.key, query);
  }
}
