import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, type AuthorizedRequest } from '#libs/platform/auth';
import { BodyAs } from '#libs/platform/http';
import {
  askedReadOf,
  knownOf,
  FHIR_BODY,
  mediaTypeOfBody,
  oneHeader,
  PATCH_BODY,
  preconditionsOf,
  queryOf,
  send,
  wishesOf,
} from './http.js';
import { Pipeline } from '../pipeline.js';
import type { Target, Which } from '../pipeline/wishes.js';

interface Path {
  readonly type: string;
  readonly id?: string;
}

function whichOf({ type, id }: Path, request: AuthorizedRequest): Which {
  return id === undefined ? { type, query: queryOf(request) } : { type, id };
}

/** Single resources of any R4 type, by path or, for writes, by a query. Scopes are judged by the pipeline, as for the entries of a bundle. */
@Controller('fhir/r4')
@Authenticated()
export class ResourceRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Post(':type')
  @BodyAs(FHIR_BODY)
  async create(
    @Param('type') type: string,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(
      reply,
      await this.pipeline.writes.create(
        type,
        text ?? '',
        oneHeader(request, 'if-none-exist'),
        request.access,
        wishesOf(this.pipeline, request, 'representation'),
      ),
    );
  }

  @Put([':type/:id', ':type'])
  @BodyAs(FHIR_BODY)
  async update(
    @Param() path: Path,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(
      reply,
      await this.pipeline.writes.update(
        whichOf(path, request),
        text ?? '',
        preconditionsOf(request),
        request.access,
        wishesOf(this.pipeline, request, 'representation'),
      ),
    );
  }

  @Patch([':type/:id', ':type'])
  @BodyAs(PATCH_BODY)
  async patch(
    @Param() path: Path,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(
      reply,
      await this.pipeline.writes.patch(
        whichOf(path, request),
        { text: text ?? '', mediaType: mediaTypeOfBody(request) },
        oneHeader(request, 'if-match'),
        request.access,
        wishesOf(this.pipeline, request, 'representation'),
      ),
    );
  }

  @Delete([':type/:id', ':type'])
  @BodyAs(FHIR_BODY) // clients name a content type here, too, though there is no body
  async remove(@Param() path: Path, @Req() request: AuthorizedRequest, @Res() reply: FastifyReply): Promise<void> {
    const wishes = wishesOf(this.pipeline, request, 'minimal');
    send(
      reply,
      await this.pipeline.writes.remove(whichOf(path, request), oneHeader(request, 'if-match'), request.access, wishes),
    );
  }

  @Get(':type/:id')
  async read(@Param() target: Target, @Req() request: AuthorizedRequest, @Res() reply: FastifyReply): Promise<void> {
    send(
      reply,
      await this.pipeline.reads.read(target, undefined, knownOf(request), request.access, askedReadOf(request)),
    );
  }
}
