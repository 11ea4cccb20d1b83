import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, Public, type AuthorizedRequest } from '#libs/platform/auth';
import { BodyAs } from '#libs/platform/http';
import { wantsAsync } from '#libs/fhir-rest';
import { originOf, FHIR_BODY, oneHeader, send, wishesOf } from './http.js';
import { Pipeline } from '../pipeline.js';

/** `/fhir/r4` itself: bundles and what the server can do. */
@Controller('fhir/r4')
export class SystemRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Post()
  @HttpCode(200)
  @Authenticated()
  @BodyAs(FHIR_BODY)
  async bundle(
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wishes = wishesOf(this.pipeline, request, 'minimal');
    const bundles = wantsAsync(oneHeader(request, 'prefer')) ? this.pipeline.asyncBundles : this.pipeline.bundles;
    send(reply, await bundles.take(text ?? '', request.access, wishes));
  }

  @Get('metadata')
  @Public()
  metadata(@Req() request: AuthorizedRequest, @Res() reply: FastifyReply): void {
    send(reply, this.pipeline.capabilities(this.pipeline.baseUrl(originOf(request))));
  }
}
