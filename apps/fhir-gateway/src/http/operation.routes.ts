import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, type AuthorizedRequest } from '#libs/platform/auth';
import { BodyAs } from '#libs/platform/http';
import { operationParameters, requireType, searchParametersOf, unsupported } from '#libs/fhir-rest';
import type { SearchParameterValue } from '#libs/fhir-search';
import { FHIR_BODY, queryOf, send, wishesOf } from './http.js';
import { Pipeline } from '../pipeline.js';
import type { Target } from '../pipeline/wishes.js';

/** Operations that read; their parameters come in the URL, or in a Parameters resource. */
@Controller('fhir/r4')
@Authenticated()
export class OperationRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Get(':type/:id/$everything')
  everything(@Param() target: Target, @Req() request: AuthorizedRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.everythingOf(target, searchParametersOf(queryOf(request)), request, reply);
  }

  @Post(':type/:id/$everything')
  @HttpCode(200)
  @BodyAs(FHIR_BODY)
  everythingAsked(
    @Param() target: Target,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parameters = [...searchParametersOf(queryOf(request)), ...operationParameters(text)];
    return this.everythingOf(target, parameters, request, reply);
  }

  @Get(':type/$lastn')
  last(@Param('type') type: string, @Req() request: AuthorizedRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.lastOf(type, searchParametersOf(queryOf(request)), request, reply);
  }

  @Post(':type/$lastn')
  @HttpCode(200)
  @BodyAs(FHIR_BODY)
  lastAsked(
    @Param('type') type: string,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parameters = [...searchParametersOf(queryOf(request)), ...operationParameters(text)];
    return this.lastOf(type, parameters, request, reply);
  }

  private async everythingOf(
    { type, id }: Target,
    parameters: readonly SearchParameterValue[],
    request: AuthorizedRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (requireType(type) !== 'Patient') throw unsupported(request.method, `${type}/${id}/$everything`);
    const wishes = wishesOf(this.pipeline, request, 'representation');
    send(reply, await this.pipeline.searches.everything(id, parameters, request.access, wishes));
  }

  private async lastOf(
    type: string,
    parameters: readonly SearchParameterValue[],
    request: AuthorizedRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (requireType(type) !== 'Observation') throw unsupported(request.method, `${type}/$lastn`);
    const wishes = wishesOf(this.pipeline, request, 'representation');
    send(reply, await this.pipeline.searches.last(parameters, request.access, wishes));
  }
}
