import { Body, Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readDocument } from './documents.js';
import { Public, type OAuthAnswer, type OAuthServer } from '#libs/platform/auth';
import { recentAnswer, type Metrics, type Readiness } from '#libs/platform/telemetry';
import { notFound } from './problem.js';
import { BodyAs } from './route-body.js';

export const READINESS = Symbol('Readiness');
export const METRICS = Symbol('Metrics');
export const OAUTH = Symbol('OAuthServer');

const OAUTH_FORM = { as: 'form', maxBytes: 64 * 1024, open: true } as const;

type Form = Record<string, string> | undefined;

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
  constructor(@Inject(OAUTH) private readonly oauth: OAuthServer) {}

  @Post('oauth/token')
  @BodyAs(OAUTH_FORM)
  token(@Body() fields: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.oauth.token(fields ?? {}, request));
  }

  @Post('oauth/introspect')
  @BodyAs(OAUTH_FORM)
  introspect(@Body() fields: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.oauth.introspect(fields ?? {}, request));
  }

  @Post('oauth/revoke')
  @BodyAs(OAUTH_FORM)
  revoke(@Body() fields: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.oauth.revoke(fields ?? {}, request));
  }

  @Get('fhir/r4/.well-known/smart-configuration')
  smartConfiguration(@Req() request: FastifyRequest): object {
    return this.oauth.configuration(`${request.protocol}://${request.host}`);
  }
}

async function send(reply: FastifyReply, answering: Promise<OAuthAnswer>): Promise<void> {
  const { status, headers, body } = await answering;
  void reply.code(status).headers({ 'cache-control': 'no-store', pragma: 'no-cache', ...headers });
  if (body !== undefined) void reply.type('application/json; charset=utf-8');
  await reply.send(body === undefined ? '' : JSON.stringify(body));
}
