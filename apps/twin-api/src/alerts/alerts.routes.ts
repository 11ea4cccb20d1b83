import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AcknowledgeRequest, AlertsQuery, ListQuery, ResolveRequest, SnoozeRequest } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { API, type Api } from '../api.js';
import { lastEventId } from '../streams/event-stream.js';
import { idempotencyKeyOf } from '../acts/idempotency-key.js';
import { uuidOf } from '../wire.js';

const MAY_BE_EMPTY = { acknowledge: AcknowledgeRequest.prefault({}), resolve: ResolveRequest.prefault({}) };

/** `/v1/alerts`, the acts on them, and `/v1/rules`. */
@Controller('v1')
export class AlertRoutes {
  constructor(@Inject(API) private readonly api: Api) {}

  @Get('alerts')
  @RequireScope('alerts.read')
  list(@Caller() caller: Access, @Query({ schema: AlertsQuery }) query: z.output<typeof AlertsQuery>): Promise<object> {
    return this.api.alerts(caller.tenant.key, query);
  }

  @Get('alerts/stream')
  @RequireScope('alerts.read')
  stream(@Caller() caller: Access, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.api.alertStream(caller, lastEventId(request), reply);
  }

  @Get('alerts/:id')
  @RequireScope('alerts.read')
  get(@Caller() caller: Access, @Param('id') id: string): Promise<object> {
    return this.api.alert(caller.tenant.key, uuidOf(id, 'the alert'));
  }

  @Post('alerts/:id/acknowledge')
  @HttpCode(202)
  @RequireScope('alerts.write')
  acknowledge(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: MAY_BE_EMPTY.acknowledge }) request: z.output<typeof AcknowledgeRequest>,
  ): Promise<object> {
    return this.api.acts.acknowledge(
      { access: caller, idempotencyKey: idempotencyKeyOf(key) },
      uuidOf(id, 'the alert'),
      request,
    );
  }

  @Post('alerts/:id/snooze')
  @HttpCode(202)
  @RequireScope('alerts.write')
  snooze(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: SnoozeRequest }) request: z.output<typeof SnoozeRequest>,
  ): Promise<object> {
    return this.api.acts.snooze(
      { access: caller, idempotencyKey: idempotencyKeyOf(key) },
      uuidOf(id, 'the alert'),
      request,
    );
  }

  @Post('alerts/:id/resolve')
  @HttpCode(202)
  @RequireScope('alerts.write')
  resolve(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: MAY_BE_EMPTY.resolve }) request: z.output<typeof ResolveRequest>,
  ): Promise<object> {
    return this.api.acts.resolve(
      { access: caller, idempotencyKey: idempotencyKeyOf(key) },
      uuidOf(id, 'the alert'),
      request,
    );
  }

  @Get('rules')
  @RequireScope('alerts.read', 'thresholds.read')
  rules(@Query({ schema: ListQuery }) page: z.output<typeof ListQuery>): object {
    return this.api.rules(page);
  }
}
