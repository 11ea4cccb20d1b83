import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FHIR_JSON, isOurVersion, mediaTypeFor, oneIssue, prettyJson, unsupported } from '#libs/fhir-rest';
import { compressed } from './compressed.js';

const BASE_PATH = '/fhir/r4';

/**
 * What holds for every request below `/fhir/r4`, whether a route takes it or not: an answer in a media type that the client takes, and
 * an OperationOutcome that says `not-supported` where FHIR has something that this server has not; `_pretty`; gzip.
 */
export function addProtocolHooks(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const path = pathOf(request);
    if (path === undefined) return done();
    if (mediaTypeOf(request) === undefined) {
      const text = 'answers are FHIR JSON: accept application/fhir+json or application/json';
      return done(oneIssue(406, 'not-supported', text));
    }
    if (!isOurVersion(request.headers['content-type']))
      return done(oneIssue(415, 'not-supported', 'bodies are of FHIR R4: fhirVersion of their Content-Type is 4.0'));
    done(request.is404 ? unsupported(request.method, path) : undefined);
  });
  server.addHook('onSend', async (request, reply, payload) => {
    if (pathOf(request) === undefined || contentTypeOf(reply) !== FHIR_JSON) return payload;
    if (mediaTypeOf(request) === 'application/json') void reply.type('application/json; charset=utf-8');
    if (typeof payload !== 'string' || payload === '') return payload;
    const text = queryOf(request)['_pretty'] === 'true' ? prettyJson(payload) : payload;
    return compressed(request, reply, text);
  });
}

function mediaTypeOf(request: FastifyRequest): ReturnType<typeof mediaTypeFor> {
  const format = queryOf(request)['_format'];
  return mediaTypeFor(typeof format === 'string' ? format : undefined, request.headers.accept);
}

function queryOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  return (request.query as Readonly<Record<string, unknown>> | undefined) ?? {};
}

/** Below the base path; undefined elsewhere, and for the discovery document, which is plain JSON. */
function pathOf({ url }: FastifyRequest): string | undefined {
  const path = url.split('?', 1)[0] ?? '';
  if (path !== BASE_PATH && !path.startsWith(`${BASE_PATH}/`)) return undefined;
  const below = path.slice(BASE_PATH.length).replace(/^\/+|\/+$/g, '');
  return below.startsWith('.well-known/') ? undefined : below;
}

function contentTypeOf(reply: FastifyReply): string | undefined {
  return reply.getHeader('content-type')?.toString();
}
