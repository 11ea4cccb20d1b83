import { Controller, Delete, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, type AuthorizedRequest } from '#libs/platform/auth';
import { BodyAs } from '#libs/platform/http';
import { FHIR_BODY, send } from './http.js';
import { Pipeline } from '../pipeline.js';

/** Where the answers to bundles with `Prefer: respond-async` are. */
@Controller('fhir/r4/_async')
@Authenticated()
export class AsyncRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Get(':id')
  async status(@Param('id') id: string, @Req() request: AuthorizedRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.pipeline.asyncBundles.status(id, request.access));
  }

  @Delete(':id')
  @BodyAs(FHIR_BODY) // clients name a content type here, too, though there is no body
  async forget(@Param('id') id: string, @Req() request: AuthorizedRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.pipeline.asyncBundles.forget(id, request.access));
  }
}
