import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { PatientsQuery, WardQuery } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { API, type Api } from '../api.js';
import { lastEventId } from '../streams/event-stream.js';

/** `/v1/ward`, `/v1/stream` and `/v1/patients`. */
@Controller('v1')
export class WardRoutes {
  constructor(@Inject(API) private readonly api: Api) {}

  @Get('ward')
  @RequireScope('twins.read')
  ward(@Caller() caller: Access, @Query({ schema: WardQuery }) query: z.output<typeof WardQuery>): Promise<object> {
    return this.api.ward.page(caller, query);
  }

  @Get('stream')
  @RequireScope('twins.read')
  stream(@Caller() caller: Access, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.api.ward.stream(caller, lastEventId(request), reply);
  }

  @Get('patients')
  @RequireScope('twins.read')
  patients(
    @Caller() caller: Access,
    @Query({ schema: PatientsQuery }) query: z.output<typeof PatientsQuery>,
  ): Promise<object> {
    return this.api.ward.find(caller.tenant.key, query);
  }
}
