import { Body, Controller, Delete, Inject, Param, Patch, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, type AuthorizedRequest } from '#libs/platform/auth';
import { BodyAs } from '#libs/platform/http';
import { FHIR_BODY, mediaTypeOfBody, oneHeader, PATCH_BODY, preconditionsOf, queryOf, send, wishesOf } from './http.js';
import { Pipeline } from '../pipeline.js';

/** Writes of the one resource of a type that matches a query (FHIR R4 http.html#cond-update). */
@Controller('fhir/r4')
@Authenticated()
export class ConditionalRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Put(':type')
  @BodyAs(FHIR_BODY)
  async update(
    @Param('type') type: string,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(
      reply,
      await this.pipeline.writes.updateWhere(
        type,
        queryOf(request),
        text ?? '',
        preconditionsOf(request),
        request.access,
        wishesOf(this.pipeline, request, 'representation'),
      ),
    );
  }

  @Patch(':type')
  @BodyAs(PATCH_BODY)
  async patch(
    @Param('type') type: string,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(
      reply,
      await this.pipeline.writes.patchWhere(
        type,
        queryOf(request),
        { text: text ?? '', mediaType: mediaTypeOfBody(request) },
        oneHeader(request, 'if-match'),
        request.access,
        wishesOf(this.pipeline, request, 'representation'),
      ),
    );
  }

  @Delete(':type')
  @BodyAs(FHIR_BODY) // clients name a content type here, too, though there is no body
  async remove(
    @Param('type') type: string,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const ifMatch = oneHeader(request, 'if-match');
    const wishes = wishesOf(this.pipeline, request, 'minimal');
    send(reply, await this.pipeline.writes.removeWhere(type, queryOf(request), ifMatch, request.access, wishes));
  }
}
