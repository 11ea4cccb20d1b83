import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { DeadLettersQuery } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { API, type Api } from '../api.js';
import { uuidOf } from '../wire.js';

/** `/v1/dead-letters`: records that could not be applied. */
@Controller('v1/dead-letters')
export class DeadLetterRoutes {
  constructor(@Inject(API) private readonly api: Api) {}

  @Get()
  @RequireScope('dead-letters.read')
  list(
    @Caller() caller: Access,
    @Query({ schema: DeadLettersQuery }) query: z.output<typeof DeadLettersQuery>,
  ): Promise<object> {
    return this.api.deadLetters.list(caller.tenant.key, query);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @RequireScope('dead-letters.write')
  replay(@Caller() caller: Access, @Param('id') id: string): Promise<object> {
    return this.api.deadLetters.replay(caller.tenant.key, uuidOf(id, 'the dead letter'));
  }
}
