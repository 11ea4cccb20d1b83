import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { FitRequest, ParametersQuery } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { API, type Api } from '../api.js';
import { patientId, uuidOf } from '../wire.js';
import { Fits } from './fits.js';
import { refuseUnfitted } from './parameters.js';

const MAY_BE_EMPTY = FitRequest.prefault({});

/** `/v1/twins/{patient}/parameters`. */
@Controller('v1/twins/:patient/parameters')
export class ParameterRoutes {
  constructor(
    @Inject(API) private readonly api: Api,
    @Inject(Fits) private readonly fits: Fits,
  ) {}

  @Get()
  @RequireScope('forecasts.read')
  parameters(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Query({ schema: ParametersQuery }) query: z.output<typeof ParametersQuery>,
  ): Promise<object> {
    return this.api.parameters(caller.tenant.key, patientId(patient), query);
  }

  @Post('fit')
  @HttpCode(202)
  @RequireScope('scenarios.run')
  async fit(
    @Caller() { tenant, client }: Access,
    @Param('patient') patient: string,
    @Body({ schema: MAY_BE_EMPTY }) { model }: z.output<typeof FitRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    refuseUnfitted(model);
    const job = await this.fits.start(tenant.key, client, patientId(patient));
    void reply.header('location', job.url);
    return job;
  }

  @Get('fit/:id')
  @RequireScope('scenarios.run', 'forecasts.read')
  job(@Caller() { tenant }: Access, @Param('patient') patient: string, @Param('id') id: string): Promise<object> {
    return this.fits.find(tenant.key, patientId(patient), uuidOf(id, 'the fit'));
  }
}
