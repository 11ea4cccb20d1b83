import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, type AuthorizedRequest } from '#libs/platform/auth';
import { handlingOf, type QueryParameters } from '#libs/fhir-rest';
import { askedReadOf, knownOf, oneHeader, originOf, send } from './http.js';
import { Pipeline } from '../pipeline.js';
import type { AskedHistory } from '../pipeline/histories.js';
import type { Target } from '../pipeline/wishes.js';

/** Earlier versions. */
@Controller('fhir/r4')
@Authenticated()
export class HistoryRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Get('_history')
  async ofAll(
    @Query() query: QueryParameters,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, await this.pipeline.histories.ofAll(this.asked(query, request), request.access));
  }

  @Get(':type/_history')
  async ofType(
    @Param('type') type: string,
    @Query() query: QueryParameters,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, await this.pipeline.histories.ofType(type, this.asked(query, request), request.access));
  }

  @Get(':type/:id/_history')
  async ofInstance(
    @Param() target: Target,
    @Query() query: QueryParameters,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, await this.pipeline.histories.ofInstance(target, this.asked(query, request), request.access));
  }

  @Get(':type/:id/_history/:version')
  async version(
    @Param() target: Target & { readonly version: string },
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(
      reply,
      await this.pipeline.reads.read(target, target.version, knownOf(request), request.access, askedReadOf(request)),
    );
  }

  private asked(query: QueryParameters, request: AuthorizedRequest): AskedHistory {
    const handling = handlingOf(oneHeader(request, 'prefer'));
    return { query, handling, baseUrl: this.pipeline.baseUrl(originOf(request)) };
  }
}
