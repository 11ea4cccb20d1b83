import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ISSUER_PATH, ISSUER_SESSION_COOKIE, type EmbeddedIssuer, type InProcessFetch } from '#libs/platform/sign-in';

/** Puts the issuer's endpoints on the server. Its bodies are its own to read, so it answers before anything else does. */
export function mountIssuer(
  server: FastifyInstance,
  issuer: Pick<EmbeddedIssuer, 'answer'>,
  publicUrl: string | undefined,
): void {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl);
  server.route({
    method: ['GET', 'POST'],
    url: `${ISSUER_PATH}/*`,
    onRequest: (request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value);
      const { headers } = request.raw;
      headers['x-forwarded-proto'] = own === undefined ? request.protocol : own.protocol.replace(':', '');
      headers['x-forwarded-host'] = own?.host ?? request.host;
      delete headers['x-forwarded-for'];
      headers.cookie = withoutIssuerSession(headers.cookie);
      issuer.answer(request.raw, reply.raw);
    },
    handler: () => undefined,
  });
}

/**
 * The issuer never sees a session of its own again: wards share computers, so every sign-in asks for the password, whatever a browser keeps
 * and whoever was signed in before.
 */
function withoutIssuerSession(cookies = ''): string {
  return cookies
    .split(';')
    .filter((cookie) => !cookie.trim().startsWith(ISSUER_SESSION_COOKIE))
    .join(';');
}

/** Requests of the console to the issuer beside it: through the server's routes, over no network. */
export function inProcessFetch(server: () => FastifyInstance): InProcessFetch {
  return async (path, { method, headers, body }) => {
    const answer = await server().inject({ method: method as 'GET' | 'POST', url: path, headers, payload: body });
    const text = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as const],
    );
    return { status: answer.statusCode, headers: Object.fromEntries(text), body: answer.body };
  };
}
