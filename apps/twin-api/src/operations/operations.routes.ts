import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import { SourcesQuery } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { OPERATIONS, type Operations } from './operations.js';

/** `/v1/operations` and `/v1/sources`. */
@Controller('v1')
@RequireScope('operations.read')
export class OperationRoutes {
  constructor(@Inject(OPERATIONS) private readonly operations: Operations) {}

  @Get('operations')
  figures(@Caller() caller: Access): Promise<object> {
    return this.operations.figures(caller.tenant.key);
  }

  @Get('sources')
  sources(
    @Caller() caller: Access,
    @Query({ schema: SourcesQuery }) query: z.output<typeof SourcesQuery>,
  ): Promise<object> {
    return this.operations.sources(caller.tenant.key, query);
  }
}
