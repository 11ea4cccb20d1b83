import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthorizedRequest } from '#libs/platform/auth';
import type { BodyOptions } from '#libs/platform/http';
import {
  handlingOf,
  JSON_PATCH,
  preferenceOf,
  searchParametersOf,
  type Answer,
  type KnownVersion,
  type Preference,
} from '#libs/fhir-rest';
import { onceOf } from './idempotency.js';
import type { Pipeline } from '../pipeline.js';
import type { AskedRead } from '../pipeline/reads.js';
import type { Wishes } from '../pipeline/wishes.js';
import type { Preconditions } from '../pipeline/writes.js';

/** Maximum bytes of a request body after inflating: 16 MiB holds about 10,000 resources. */
export const FHIR_BODY: BodyOptions = {
  as: 'text',
  accepts: ['application/fhir+json', 'application/json'],
  maxBytes: 16 * 1024 * 1024,
};

/** A PATCH says by its media type which form it has. */
export const PATCH_BODY: BodyOptions = {
  ...FHIR_BODY,
  accepts: [JSON_PATCH, 'application/fhir+json', 'application/json'],
};

export function send(reply: FastifyReply, answer: Answer): void {
  void reply
    .code(answer.status)
    .headers(answer.headers)
    .send(answer.body === '' ? undefined : answer.body);
}

/** The server as the client called it. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

/** What the client asked for beside the work, and how it called the server. */
export function wishesOf(
  pipeline: Pick<Pipeline, 'baseUrl' | 'own'>,
  request: AuthorizedRequest,
  otherwise: Preference,
): Wishes {
  const origin = originOf(request);
  const prefer = oneHeader(request, 'prefer');
  return {
    baseUrl: pipeline.baseUrl(origin),
    own: pipeline.own(origin),
    prefer: preferenceOf(prefer, otherwise),
    handling: handlingOf(prefer),
    isAsked: /(?:^|[,;\s])return=/.test(prefer ?? ''),
    once: onceOf(request),
  };
}

export function oneHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** The media type of the body, without parameters. */
export function mediaTypeOfBody(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The parameters of a read. */
export function askedReadOf(request: FastifyRequest): AskedRead {
  return {
    parameters: searchParametersOf(queryOf(request)),
    handling: handlingOf(oneHeader(request, 'prefer')),
  };
}

/** What has to hold for a write. */
export function preconditionsOf(request: FastifyRequest): Preconditions {
  return { ifMatch: oneHeader(request, 'if-match'), ifNoneMatch: oneHeader(request, 'if-none-match') };
}

/** What the client has already. Times of HTTP are whole seconds. */
export function knownOf(request: FastifyRequest): KnownVersion {
  const since = Date.parse(oneHeader(request, 'if-modified-since') ?? '');
  return {
    ifNoneMatch: oneHeader(request, 'if-none-match'),
    // A time that is none is ignored (RFC 9110 13.1.3).
    ifModifiedSince: Number.isNaN(since) ? undefined : since + 999,
  };
}

/** The query of the request as it was sent, without its `?`: its order and repetitions matter. */
export function queryOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?');
  return at === -1 ? '' : request.url.slice(at + 1);
}
