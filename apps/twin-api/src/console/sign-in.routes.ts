import { Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csrfTokenOf, Public } from '#libs/platform/auth';
import { BodyAs, Problem, requireCsrfToken } from '#libs/platform/http';
import { nextPath, SignInAwayError, SignInRefusedError } from '#libs/platform/sign-in';
import { CONSOLE, type ConsoleParts } from './console-parts.js';
import { noticePage, type ServerPage } from './pages.js';

const NO_BODY = { as: 'json', maxBytes: 1_024, open: true } as const;

/** How browsers get sessions, and end them. */
@Public()
@Controller('console')
export class SignInRoutes {
  constructor(@Inject(CONSOLE) private readonly parts: ConsoleParts) {}

  @Get('sign-in')
  async begin(@Query('next') next: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = next === undefined || typeof next === 'string' ? nextPath(next) : undefined;
    if (path === undefined)
      return show(reply, 400, noticePage('Sign in', 'The address to go on to is none of this console.'));
    await answering(reply, async () => {
      const { location, pending } = await this.parts.signIn.begin(this.baseOf(request), path);
      this.parts.pending.set(reply, pending);
      await reply.redirect(location, 302);
    });
  }

  /** EHR launch (SMART App Launch 2). */
  @Get('launch')
  async launch(
    @Query('iss') iss: unknown,
    @Query('launch') launch: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (typeof iss !== 'string' || typeof launch !== 'string' || launch === '' || launch.length > 1_024)
      return show(reply, 400, noticePage('Launch', 'An EHR opens this page with iss and launch.'));
    await answering(reply, async () => {
      const begun = await this.parts.signIn.launch(this.baseOf(request), iss, launch);
      if (begun === undefined) return show(reply, 403, noticePage('Launch', 'This EHR is not configured here.'));
      this.parts.pending.set(reply, begun.pending);
      await reply.redirect(begun.location, 302);
    });
  }

  @Get('callback')
  async finish(
    @Query('state') state: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { pending: cookie, sessions, cookie: session, signIn, onSignIn } = this.parts;
    const pending = typeof state === 'string' ? cookie.take(request, reply, state, Date.now()) : undefined;
    if (pending === undefined)
      return show(reply, 400, noticePage('Sign in', 'This sign-in has expired, or was begun in another browser.'));
    await answering(reply, async () => {
      const url = new URL(request.url, this.baseOf(request));
      const { person, next } = await signIn.finish(url, pending);
      const before = session.tokenOf(request);
      if (before !== undefined) await sessions.end(before);
      session.set(reply, await sessions.begin(person));
      onSignIn(person);
      await reply.redirect(next, 302);
    });
  }

  @Get('session')
  async session(@Req() request: FastifyRequest): Promise<object> {
    const { cookie, sessions } = this.parts;
    const token = cookie.tokenOf(request);
    const access = token === undefined ? undefined : await sessions.find(token);
    if (token === undefined || access?.session === undefined)
      throw new Problem(
        401,
        'unauthorized',
        'nobody is signed in, or the session has ended: sign in at /console/sign-in',
      );
    const { session, tenant, scopes, expiresAt, fhirUser } = access;
    return {
      user: { name: session.user, ...(fhirUser === undefined ? {} : { fhirUser }) },
      tenant: { id: tenant.id },
      roles: session.roles,
      scopes,
      csrfToken: csrfTokenOf(token),
      expiresAt: new Date(expiresAt ?? 0).toISOString(),
    };
  }

  @Post('sign-out')
  @BodyAs(NO_BODY)
  async end(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { cookie, sessions, signIn } = this.parts;
    const token = cookie.tokenOf(request);
    const access = token === undefined ? undefined : await sessions.find(token);
    if (token !== undefined && access !== undefined) {
      requireCsrfToken(request, token);
      await sessions.end(token);
    }
    cookie.clear(reply);
    const redirect = await signIn.endAt(access?.issuer, this.baseOf(request));
    if (redirect === undefined) await reply.code(204).send();
    else await reply.code(200).send({ redirect });
  }

  private baseOf(request: FastifyRequest): string {
    return this.parts.publicUrl ?? `${request.protocol}://${request.host}`;
  }
}

/** Pages for what a person can do something about; anything else is an error like others. */
async function answering(reply: FastifyReply, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SignInRefusedError)
      return show(reply, 403, noticePage('Not signed in', sentence(error.message)));
    if (error instanceof SignInAwayError) {
      void reply.header('retry-after', '5');
      return show(reply, 503, noticePage('Not signed in', `${sentence(error.message)} Try again in a moment.`));
    }
    throw error;
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

export async function show(reply: FastifyReply, status: number, { html, headers }: ServerPage): Promise<void> {
  await reply.code(status).headers(headers).send(html);
}
