import { Inject, Injectable, type OnModuleInit, type Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Passwords } from '#libs/platform/auth';
import { SessionCookie } from '#libs/platform/http';
import type { Platform } from '#libs/platform/runtime';
import { ClientStore, IssuerArtifacts, UserStore } from '#libs/platform/storage';
import {
  artifactAdapters,
  ehrRelyingParty,
  EmbeddedIssuer,
  ISSUER_PATH,
  outsideRelyingParty,
  ownRelyingParty,
  type InProcessFetch,
} from '#libs/platform/sign-in';
import { CONSOLE, type ConsoleParts } from './console-parts.js';
import { inProcessFetch, mountIssuer } from './issuer-mount.js';
import { PendingCookie } from './pending-cookie.js';
import { SignIn } from './sign-in.js';
import { serveConsole } from './static-files.js';

/** Whatever a browser calls this server, its issuer calls itself this. */
const UNNAMED = 'http://localhost';

/** @param fetch reaches the issuer in this process */
async function consoleParts(platform: Platform, fetch: InProcessFetch): Promise<ConsoleParts> {
  const { config, pool, sessions, passwordAttempts, signingKeys, logger } = platform;
  const { publicUrl } = config.http;
  const users = new UserStore(pool);
  const cookie = new SessionCookie(config);
  const name = `${publicUrl ?? UNNAMED}${ISSUER_PATH}`;
  const issuer = new EmbeddedIssuer({
    issuer: name,
    keys: await signingKeys.jwks(),
    adapter: artifactAdapters(new IssuerArtifacts(pool)),
    findUser: (id) => users.findById(id),
    loginPath: (uid) => `/console/login/${uid}`,
    onError: (error) => logger.error({ err: error }, 'the embedded issuer failed'),
  });
  const { signIn: settings, ehr } = config.people;
  const clients = new ClientStore(pool);
  return {
    publicUrl,
    issuer,
    sessions,
    cookie,
    pending: new PendingCookie(cookie.isSecure),
    passwords: new Passwords(users),
    attempts: passwordAttempts,
    signIn: new SignIn({
      own: ownRelyingParty(name, issuer.clientSecret, fetch),
      ...(settings === undefined ? {} : { outside: { settings, party: outsideRelyingParty(settings) } }),
      ehrs: new Map((ehr?.issuers ?? []).map((base) => [base, { settings: ehr!, party: ehrRelyingParty(base, ehr!) }])),
      findUser: (id) => users.findById(id),
      tenantKey: (id) => clients.tenantKey(id),
    }),
    onSignIn: ({ tenant, userId, issuer: from }) =>
      logger.info({ tenant: tenant.id, user: userId, issuer: from }, 'a person signed in'),
  };
}

/** Puts what is no route of the API on the server: the issuer's endpoints and the console's files. */
@Injectable()
export class ConsoleServer implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(CONSOLE) private readonly parts: ConsoleParts,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance() as FastifyInstance;
    mountIssuer(server, this.parts.issuer, this.parts.publicUrl);
    serveConsole(server);
  }
}

export function consoleProviders(platform: Platform): Provider[] {
  return [
    {
      provide: CONSOLE,
      inject: [HttpAdapterHost],
      useFactory: (host: HttpAdapterHost) =>
        consoleParts(
          platform,
          inProcessFetch(() => host.httpAdapter.getInstance() as FastifyInstance),
        ),
    },
    ConsoleServer,
  ];
}
