import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import {
  CreateWebhookRequest,
  DeliveriesQuery,
  PatchWebhookRequest,
  ReplayRequest,
  RotateSecretRequest,
  WebhooksQuery,
} from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { API, type Api } from '../api.js';
import { uuidOf } from '../wire.js';

const REPLAY = ReplayRequest.prefault({});
const ROTATE = RotateSecretRequest.prefault({});

/** `/v1/webhooks`. */
@Controller('v1/webhooks')
export class WebhookRoutes {
  constructor(@Inject(API) private readonly api: Api) {}

  @Post()
  @RequireScope('webhooks.write')
  create(
    @Caller() caller: Access,
    @Body({ schema: CreateWebhookRequest }) request: z.output<typeof CreateWebhookRequest>,
  ): Promise<object> {
    return this.api.webhooks.create(caller, request);
  }

  @Get()
  @RequireScope('webhooks.read')
  list(
    @Caller() caller: Access,
    @Query({ schema: WebhooksQuery }) query: z.output<typeof WebhooksQuery>,
  ): Promise<object> {
    return this.api.webhooks.list(caller, query);
  }

  @Get(':id')
  @RequireScope('webhooks.read')
  get(@Caller() caller: Access, @Param('id') id: string): Promise<object> {
    return this.api.webhooks.get(caller, uuidOf(id, 'the webhook'));
  }

  @Patch(':id')
  @RequireScope('webhooks.write')
  update(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Body({ schema: PatchWebhookRequest }) request: z.output<typeof PatchWebhookRequest>,
  ): Promise<object> {
    return this.api.webhooks.update(caller, uuidOf(id, 'the webhook'), request);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('webhooks.write')
  remove(@Caller() caller: Access, @Param('id') id: string): Promise<void> {
    return this.api.webhooks.remove(caller, uuidOf(id, 'the webhook'));
  }

  @Get(':id/deliveries')
  @RequireScope('webhooks.read')
  deliveries(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Query({ schema: DeliveriesQuery }) query: z.output<typeof DeliveriesQuery>,
  ): Promise<object> {
    return this.api.webhooks.deliveries(caller, uuidOf(id, 'the webhook'), query);
  }

  @Post(':id/deliveries/:delivery/replay')
  @HttpCode(202)
  @RequireScope('webhooks.write')
  replayOne(@Caller() caller: Access, @Param('id') id: string, @Param('delivery') delivery: string): Promise<object> {
    return this.api.webhooks.replayOne(caller, uuidOf(id, 'the webhook'), uuidOf(delivery, 'the delivery'));
  }

  @Post(':id/replay')
  @HttpCode(202)
  @RequireScope('webhooks.write')
  replay(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Body({ schema: REPLAY }) request: z.output<typeof ReplayRequest>,
  ): Promise<object> {
    return this.api.webhooks.replay(caller, uuidOf(id, 'the webhook'), request);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @RequireScope('webhooks.write')
  rotateSecret(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Body({ schema: ROTATE }) request: z.output<typeof RotateSecretRequest>,
  ): Promise<object> {
    return this.api.webhooks.rotateSecret(caller, uuidOf(id, 'the webhook'), request);
  }

  @Post(':id/test')
  @HttpCode(202)
  @RequireScope('webhooks.write')
  test(@Caller() caller: Access, @Param('id') id: string): Promise<object> {
    return this.api.webhooks.test(caller, uuidOf(id, 'the webhook'));
  }
}
