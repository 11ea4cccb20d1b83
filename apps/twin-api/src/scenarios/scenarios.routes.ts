import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { ScenarioBatchRequest, ScenarioRequest, ScenariosQuery } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { patientId, uuidOf } from '../wire.js';
import { Batches } from './batches.js';
import { Scenarios } from './scenarios.js';

/** What-if: `/v1/twins/{patient}/scenarios` and `/v1/scenarios`. */
@Controller('v1')
export class ScenarioRoutes {
  constructor(
    @Inject(Scenarios) private readonly scenarios: Scenarios,
    @Inject(Batches) private readonly batches: Batches,
  ) {}

  @Get('twins/:patient/scenarios')
  @RequireScope('scenarios.read', 'scenarios.run')
  asked(
    @Caller() { tenant }: Access,
    @Param('patient') patient: string,
    @Query({ schema: ScenariosQuery }) query: z.output<typeof ScenariosQuery>,
  ): Promise<object> {
    return this.scenarios.asked(tenant.key, patientId(patient), query);
  }

  @Post('twins/:patient/scenarios')
  @HttpCode(200)
  @RequireScope('scenarios.run')
  run(
    @Caller() { tenant, client }: Access,
    @Param('patient') patient: string,
    @Body({ schema: ScenarioRequest }) request: z.output<typeof ScenarioRequest>,
  ): Promise<object> {
    return this.scenarios.run({ tenant: tenant.key, client, patient: patientId(patient) }, request);
  }

  @Post('scenarios/batch')
  @HttpCode(202)
  @RequireScope('scenarios.run')
  async start(
    @Caller() { tenant, client }: Access,
    @Body({ schema: ScenarioBatchRequest }) request: z.output<typeof ScenarioBatchRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const job = await this.batches.start({ tenant: tenant.key, client }, request);
    void reply.header('location', job.url);
    return job;
  }

  @Get('scenarios/batch/:id')
  @RequireScope('scenarios.read', 'scenarios.run')
  batch(@Caller() { tenant }: Access, @Param('id') id: string): Promise<object> {
    return this.batches.find(tenant.key, uuidOf(id, 'the batch'));
  }

  @Get('scenarios/:id')
  @RequireScope('scenarios.read', 'scenarios.run')
  again(@Caller() { tenant }: Access, @Param('id') id: string): Promise<object> {
    return this.scenarios.again(tenant.key, uuidOf(id, 'the scenario'));
  }
}
