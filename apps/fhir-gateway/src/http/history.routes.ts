import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, type AuthorizedRequest } from '#libs/platform/auth';
import { originOf, send } from './http.js';
import { Pipeline } from '../pipeline.js';
import type { Target } from '../pipeline/wishes.js';

/** Earlier versions of a resource. */
@Controller('fhir/r4')
@Authenticated()
export class HistoryRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Get(':type/:id/_history')
  async history(
    @Param() target: Target,
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = { count: query['_count'], before: query['before'] };
    send(
      reply,
      await this.pipeline.reads.history(target, page, request.access, this.pipeline.baseUrl(originOf(request))),
    );
  }

  @Get(':type/:id/_history/:version')
  async version(
    @Param() target: Target & { readonly version: string },
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, await this.pipeline.reads.read(target, target.version, request.access));
  }
}
