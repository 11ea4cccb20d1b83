import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { nextPath, type PendingSignIn } from '#libs/platform/sign-in';

const LIFETIME_SECONDS = 3_600;
const PATH = '/console';

const Pending = z.object({
  state: z.string().max(128),
  nonce: z.string().max(128),
  verifier: z.string().max(128),
  next: z.string().max(2_000),
  at: z.number(),
  ehr: z.string().max(512).optional(),
});

/** What a browser keeps of sign-ins under way: one cookie for each, so that two tabs may sign in at once. */
export class PendingCookie {
  constructor(private readonly isSecure: boolean) {}

  set(reply: FastifyReply, pending: PendingSignIn): void {
    const value = Buffer.from(JSON.stringify(pending)).toString('base64url');
    this.write(reply, pending.state, value, LIFETIME_SECONDS);
  }

  /** @returns undefined when this browser began no such sign-in, or too long ago */
  take(request: FastifyRequest, reply: FastifyReply, state: string, now: number): PendingSignIn | undefined {
    const value = parseCookie(request.headers.cookie ?? '')[nameOf(state)];
    if (value === undefined) return undefined;
    this.write(reply, state, '', 0);
    const pending = parsed(value);
    if (pending?.state !== state || pending.at + LIFETIME_SECONDS * 1000 < now) return undefined;
    return nextPath(pending.next) === undefined ? undefined : (pending as PendingSignIn);
  }

  private write(reply: FastifyReply, state: string, value: string, maxAge: number): void {
    const options = { httpOnly: true, sameSite: 'lax', secure: this.isSecure, path: PATH, maxAge } as const;
    void reply.header('set-cookie', stringifySetCookie({ name: nameOf(state), value, ...options }));
  }
}

function nameOf(state: string): string {
  return `homeostat-sign-in-${state.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 12)}`;
}

function parsed(value: string): z.output<typeof Pending> | undefined {
  try {
    return Pending.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
