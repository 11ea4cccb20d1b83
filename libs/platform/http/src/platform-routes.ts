import { Body, Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readDocument } from './documents.js';
import { ALL_SCOPES, ASSERTION_ALGORITHMS, Public, type TokenEndpoint } from '#libs/platform/auth';
import { recentAnswer, type Metrics, type Readiness } from '#libs/platform/telemetry';
import { notFound } from './problem.js';
import { BodyAs } from './route-body.js';

export const READINESS = Symbol('Readiness');
export const METRICS = Symbol('Metrics');
export const TOKEN_ENDPOINT = Symbol('TokenEndpoint');

/** Whoever asks within this time gets the same answer: both are public, and ask the database and the log. */
const RECENT_MS = 1_000;

/** Seen from outside: liveness, readiness, metrics and the two documents. They hold no data of any tenant. */
@Public()
@Controller()
export class ObservationRoutes {
  private readonly report: () => ReturnType<Readiness['report']>;
  private readonly rendered: () => ReturnType<Metrics['render']>;

  constructor(@Inject(READINESS) readiness: Readiness, @Inject(METRICS) registry: Metrics) {
    this.report = recentAnswer(() => readiness.report(), RECENT_MS);
    this.rendered = recentAnswer(async () => {
      // It sets the gauges of the log.
      await this.report();
      return registry.render();
    }, RECENT_MS);
  }

  @Get('health/live')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const report = await this.report();
    void reply.code(report.status === 'ready' ? 200 : 503);
    return report;
  }

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    const { contentType, body } = await this.rendered();
    await reply.type(contentType).send(body);
  }

  @Get('openapi.json')
  async openapi(@Res() reply: FastifyReply): Promise<void> {
    await sendDocument(reply, 'openapi.json');
  }

  @Get('asyncapi.json')
  async asyncapi(@Res() reply: FastifyReply): Promise<void> {
    await sendDocument(reply, 'asyncapi.json');
  }
}

async function sendDocument(reply: FastifyReply, name: string): Promise<void> {
  const text = await readDocument(name);
  if (text === undefined) throw notFound('the document');
  await reply.type('application/json; charset=utf-8').send(text);
}

/** OAuth2 for machines. */
@Public()
@Controller()
export class OAuthRoutes {
  constructor(@Inject(TOKEN_ENDPOINT) private readonly endpoint: TokenEndpoint) {}

  @Post('oauth/token')
  @BodyAs({ as: 'form', maxBytes: 64 * 1024, open: true })
  async token(
    @Body() fields: Record<string, string> | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.endpoint.answer(fields ?? {}, request);
    await reply
      .code(answer.status)
      .headers({ 'cache-control': 'no-store', pragma: 'no-cache', ...answer.headers })
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(answer.body));
  }

  @Get('fhir/r4/.well-known/smart-configuration')
  smartConfiguration(@Req() request: FastifyRequest): object {
    const { audience } = this.endpoint;
    const asymmetric = audience !== undefined;
    return {
      token_endpoint: audience ?? `${request.protocol}://${request.host}/oauth/token`,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: [
        ...(asymmetric ? ['private_key_jwt'] : []),
        'client_secret_basic',
        'client_secret_post',
      ],
      ...(asymmetric ? { token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS } : {}),
      scopes_supported: ALL_SCOPES,
      capabilities: [
        ...(asymmetric ? ['client-confidential-asymmetric'] : []),
        'client-confidential-symmetric',
        'permission-v2',
        'permission-v1',
      ],
    };
  }
}
