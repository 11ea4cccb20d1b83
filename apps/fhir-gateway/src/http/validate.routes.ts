import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated, type AuthorizedRequest } from '#libs/platform/auth';
import { BodyAs } from '#libs/platform/http';
import { FHIR_BODY, send } from './http.js';
import { Pipeline } from '../pipeline.js';
import type { Target } from '../pipeline/wishes.js';

type Parameters = Readonly<Record<string, unknown>>;

/** `$validate` of a type and of an instance: 200 with an OperationOutcome, whatever was found. */
@Controller('fhir/r4')
@Authenticated()
export class ValidateRoutes {
  constructor(@Inject(Pipeline) private readonly pipeline: Pipeline) {}

  @Post(':type/$validate')
  @HttpCode(200)
  @BodyAs(FHIR_BODY)
  async ofType(
    @Param('type') type: string,
    @Query() query: Parameters,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, await this.pipeline.validations.ofType(type, text ?? '', query, request.access));
  }

  @Post(':type/:id/$validate')
  @HttpCode(200)
  @BodyAs(FHIR_BODY)
  async ofInstance(
    @Param() target: Target,
    @Query() query: Parameters,
    @Body() text: string | undefined,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, await this.pipeline.validations.ofInstance(target, text ?? '', query, request.access));
  }

  @Get(':type/:id/$validate')
  async stored(
    @Param() target: Target,
    @Query() query: Parameters,
    @Req() request: AuthorizedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, await this.pipeline.validations.ofInstance(target, '', query, request.access));
  }
}
