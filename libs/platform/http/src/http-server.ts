import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate, AccessGuard } from './access-guard.js';
import { ErrorAnswers } from './error-answers.js';
import type { OAuthServer, RateLimits, Sessions, Tokens } from '#libs/platform/auth';
import type { AppConfig } from '#libs/platform/config';
import type { Logger, Metrics, Readiness } from '#libs/platform/telemetry';
import { OAuthRoutes, ObservationRoutes, METRICS, OAUTH, READINESS } from './platform-routes.js';
import { readBodiesByRoute } from './request-body.js';
import type { BodyOptions } from './route-body.js';
import { validationPipe } from './validation.js';

/** What the HTTP side of a process needs of it. */
export interface HttpServices {
  readonly config: Pick<AppConfig, 'http'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly tokens: Tokens;
  readonly oauth: OAuthServer;
  readonly limits: RateLimits;
  readonly sessions: Pick<Sessions, 'find'>;
}

/** A server that answers on `url`. */
export interface RunningServer {
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** `METHOD path` of every route, in Fastify's notation. */
  readonly routes: readonly string[];
  /** Stops answering; the platform stays open. */
  close(): Promise<void>;
}

@Module({})
class RootModule {}

// A client has this long to send its headers, and its whole request; NDJSON uploads may be long.
/** A search with a thousand ids fits into its URL; Node's 16 KiB would not hold it. */
const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 30_000;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;

/** Makes the HTTP side of a process from the modules of its apps and starts listening (port 0: any free one). */
export async function bootstrap(
  modules: readonly (DynamicModule | Type)[],
  services: HttpServices,
): Promise<RunningServer> {
  const root: DynamicModule = {
    module: RootModule,
    imports: [...modules],
    controllers: [ObservationRoutes, OAuthRoutes],
    providers: [
      { provide: METRICS, useValue: services.metrics },
      { provide: READINESS, useValue: services.readiness },
      { provide: OAUTH, useValue: services.oauth },
    ],
  };
  const routes: string[] = [];
  const errorAnswers = new ErrorAnswers(services.logger);
  const adapter = new FastifyAdapter({
    bodyLimit: Number.MAX_SAFE_INTEGER, // bounded per route, see request-body.ts
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      void reply.headers(SECURITY_HEADERS);
      errorAnswers.answer(error, request, reply);
    },
    // Many FHIR clients post bundles to the base URL with a slash at its end.
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    trustProxy: trustProxyOf(services.config),
    ...serverOptions(services.config),
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  server.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) if (method !== 'HEAD') routes.push(`${method} ${route.url}`);
  });
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    done();
  });
  readBodiesByRoute(server, (request) => admit(request, services));
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  app.useGlobalGuards(new AccessGuard(app.get(Reflector), services));
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(errorAnswers);
  await app.listen(services.config.http.port, services.config.http.host);
  return { url: urlOf(app, services.config), app, routes, close: () => app.close() };
}

async function admit(request: FastifyRequest, services: HttpServices): Promise<void> {
  const config = request.routeOptions.config as { readonly body?: BodyOptions };
  if (config.body?.open !== true && !request.is404) await authenticate(request, services);
}

function trustProxyOf({ http }: HttpServices['config']): string[] | false {
  return http.trustedProxies === undefined ? false : [...http.trustedProxies];
}

function serverOptions(config: HttpServices['config']): object {
  const limits = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  if (config.http.tls === undefined) return { http: limits };
  const { certFile, keyFile } = config.http.tls;
  return { https: { cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion: 'TLSv1.2', ...limits } };
}

function urlOf(app: NestFastifyApplication, config: HttpServices['config']): string {
  const address = app.getHttpServer().address();
  const port = address !== null && typeof address === 'object' ? address.port : config.http.port;
  const host = ['0.0.0.0', '::', '127.0.0.1', 'localhost'].includes(config.http.host) ? '127.0.0.1' : config.http.host;
  return `${config.http.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
