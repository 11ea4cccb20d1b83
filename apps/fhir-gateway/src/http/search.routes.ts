import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, type AuthorizedRequest } from '#libs/platform/auth';
import { BodyAs, type BodyOptions } from '#libs/platform/http';
import { handlingOf, searchParametersOf, type SearchTarget } from '#libs/fhir-rest';
import { oneHeader, queryOf, send, wishesOf } from './http.js';
import { Pipeline } from '../pipeline.js';

/** A search in a form: its parameters go with those of the URL. */
const SEARCH_FORM: BodyOptions = {
  as: 'text',
  accepts: ['application/x-www-form-urlencoded'],
  maxBytes: 256 * 1024,
};

/** Searches of a type, of the system, and of the compartment of a Patient; each by GET and by POST of a form. */
@Controller('fhir/r4')
@Authenticated()
export class SearchRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Get()
  system(@Req() request: AuthorizedRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.search({ kind: 'system' }, undefined, request, reply);
  }

  @Post('_search')
  @HttpCode(200)
  @BodyAs(SEARCH_FORM)
  systemForm(
    @Body() form: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.search({ kind: 'system' }, form, request, reply);
  }

  @Get(':type')
  type(@Param('type') type: string, @Req() request: AuthorizedRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.search({ kind: 'type', type }, undefined, request, reply);
  }

  @Post(':type/_search')
  @HttpCode(200)
  @BodyAs(SEARCH_FORM)
  typeForm(
    @Param('type') type: string,
    @Body() form: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.search({ kind: 'type', type }, form, request, reply);
  }

  @Get(':type/:id/:members')
  compartment(
    @Param() path: CompartmentPath,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.search(compartmentOf(path), undefined, request, reply);
  }

  @Post(':type/:id/:members/_search')
  @HttpCode(200)
  @BodyAs(SEARCH_FORM)
  compartmentForm(
    @Param() path: CompartmentPath,
    @Body() form: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.search(compartmentOf(path), form, request, reply);
  }

  private async search(
    target: SearchTarget,
    form: string | undefined,
    request: AuthorizedRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const asked = {
      target,
      parameters: searchParametersOf(queryOf(request), form),
      handling: handlingOf(oneHeader(request, 'prefer')),
    };
    const wishes = wishesOf(this.pipeline, request, 'representation');
    send(reply, await this.pipeline.searches.search(asked, request.access, wishes));
  }
}

interface CompartmentPath {
  readonly type: string;
  readonly id: string;
  readonly members: string;
}

function compartmentOf({ type, id, members }: CompartmentPath): SearchTarget {
  return { kind: 'compartment', of: type, id, type: members };
}
