import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, RateLimitedError, TooManyLoginsError } from '#libs/platform/auth';
import { BodyAs } from '#libs/platform/http';
import { CONSOLE, type ConsoleParts } from './console-parts.js';
import { loginPage, noticePage } from './pages.js';
import { show } from './sign-in.routes.js';

const LOGIN_FORM = { as: 'form', maxBytes: 16 * 1024, open: true } as const;
/** The same for a wrong password and for a name that nobody has. */
const WRONG = 'The user name or the password is wrong.';

/** The page of the embedded issuer that asks for name and password. It works without scripts. */
@Public()
@Controller('console/login')
export class LoginRoutes {
  constructor(@Inject(CONSOLE) private readonly parts: ConsoleParts) {}

  @Get(':uid')
  async ask(@Param('uid') uid: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if ((await this.parts.issuer.loginState(uid, request.raw, reply.raw)) === 'over')
      await reply.redirect('/console/sign-in', 302);
    else await show(reply, 200, loginPage({}));
  }

  @Post(':uid')
  @BodyAs(LOGIN_FORM)
  async verify(
    @Param('uid') uid: string,
    @Body() fields: Readonly<Record<string, string>> | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { issuer, passwords, attempts } = this.parts;
    if ((await issuer.loginState(uid, request.raw, reply.raw)) === 'over')
      return show(
        reply,
        400,
        noticePage('Sign in', 'This page was open for too long, or the sign-in was finished elsewhere.'),
      );
    const { name = '', password = '' } = fields ?? {};
    try {
      await attempts.begin(request.ip, name);
      const user = await passwords.verify(name, password);
      if (user === undefined) return await show(reply, 401, loginPage({ name, problem: WRONG }));
      await attempts.accepted(request.ip, name);
      await reply.redirect(await issuer.loggedIn(user, request.raw, reply.raw), 303);
    } catch (error) {
      if (error instanceof RateLimitedError) {
        void reply.header('retry-after', String(error.retryAfterSeconds));
        const minutes = Math.ceil(error.retryAfterSeconds / 60);
        const problem = `Too many wrong passwords for this name or from this address. Try again in ${minutes} min.`;
        return show(reply, 429, loginPage({ name, problem }));
      }
      if (error instanceof TooManyLoginsError)
        return show(reply, 429, loginPage({ name, problem: 'Too many people sign in at this moment. Try again.' }));
      throw error;
    }
  }
}
