import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Patch, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import {
  GlucoseMetricsQuery,
  ListQuery,
  MeasurementsQuery,
  PutMonitoringRequest,
  PatchThresholdsRequest,
  PutThresholdsRequest,
  TwinQuery,
} from '#libs/contracts';
import { AlsoForClients, Caller, RequireScope, type Access } from '#libs/platform/auth';
import { API, type Api } from '../api.js';
import { sendCsv, wantsCsv } from '../csv/csv-answer.js';
import { lastEventId } from '../streams/event-stream.js';
import { idempotencyKeyOf } from '../acts/idempotency-key.js';
import { patientId } from '../wire.js';

/** `/v1/twins`. */
@Controller('v1')
export class TwinRoutes {
  constructor(@Inject(API) private readonly api: Api) {}

  @Get('twins/:patient')
  @RequireScope('twins.read')
  twin(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: TwinQuery }) query: z.output<typeof TwinQuery>,
  ): Promise<object> {
    return this.api.twin(caller.tenant.key, patientId(patient), query);
  }

  @Get('twins/:patient/measurements')
  @RequireScope('twins.read')
  async measurements(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Headers('accept') accept: string | undefined,
    @Query({ schema: MeasurementsQuery }) query: z.output<typeof MeasurementsQuery>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [tenant, id] = [caller.tenant.key, patientId(patient)];
    void reply.header('vary', 'accept');
    if (wantsCsv(query.format, accept)) {
      const lines = await this.api.measurementsCsv(tenant, id, query);
      return sendCsv(reply, lines, query.code === undefined ? id : `${id}-${query.code}`);
    }
    await reply.send(await this.api.measurements(tenant, id, query));
  }

  @Get('twins/:patient/glucose-metrics')
  @RequireScope('twins.read')
  glucoseMetrics(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: GlucoseMetricsQuery }) query: z.output<typeof GlucoseMetricsQuery>,
  ): Promise<object> {
    return this.api.glucoseMetrics(caller.tenant.key, patientId(patient), query);
  }

  @Get('twins/:patient/stream')
  @RequireScope('twins.read')
  stream(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.api.twinStream(caller, patientId(patient), lastEventId(request), reply);
  }

  @Get('twins/:patient/thresholds')
  @RequireScope('thresholds.read')
  thresholds(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: ListQuery }) page: z.output<typeof ListQuery>,
  ): Promise<object> {
    return this.api.thresholds(caller.tenant.key, patientId(patient), page);
  }

  @Put('twins/:patient/thresholds')
  @HttpCode(202)
  @RequireScope('thresholds.write')
  setThresholds(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: PutThresholdsRequest }) request: z.output<typeof PutThresholdsRequest>,
  ): Promise<object> {
    return this.api.acts.setThresholds(
      { access: caller, idempotencyKey: idempotencyKeyOf(key) },
      patientId(patient),
      request,
    );
  }

  @Patch('twins/:patient/thresholds')
  @HttpCode(202)
  @RequireScope('thresholds.write')
  changeThresholds(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: PatchThresholdsRequest }) request: z.output<typeof PatchThresholdsRequest>,
  ): Promise<object> {
    const call = { access: caller, idempotencyKey: idempotencyKeyOf(key) };
    return this.api.acts.changeThresholds(call, patientId(patient), request);
  }

  @Get('twins/:patient/monitoring')
  @RequireScope('twins.read')
  monitoring(@Caller() caller: Access, @Param('patient') patient: string): Promise<object> {
    return this.api.monitoring(caller.tenant.key, patientId(patient));
  }

  @Put('twins/:patient/monitoring')
  @HttpCode(202)
  @RequireScope('monitoring.write')
  @AlsoForClients('alerts.write')
  setMonitoring(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: PutMonitoringRequest }) request: z.output<typeof PutMonitoringRequest>,
  ): Promise<object> {
    const call = { access: caller, idempotencyKey: idempotencyKeyOf(key) };
    return this.api.acts.setMonitoring(call, patientId(patient), request);
  }
}
