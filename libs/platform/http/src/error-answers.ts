import { STATUS_CODES } from 'node:http';
import { HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isTransient, LogFullError } from '#libs/platform/messaging';
import { IssuerAwayError, RateLimitedError, TooManyLoginsError } from '#libs/platform/auth';
import type { Logger } from '#libs/platform/telemetry';
import { OutcomeProblem } from '#libs/fhir-rest';
import { Problem } from './problem.js';

/** Turns whatever was thrown into an answer: OperationOutcome under `/fhir`, problem+json elsewhere. Never a stack, SQL or data. */
export class ErrorAnswers implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for errors of the router (a path that cannot be decoded), which never reach Nest. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const answer = error instanceof OutcomeProblem ? error : toProblem(error);
    if (answer.status >= 500) {
      const route = request.routeOptions?.url;
      this.logger.error({ err: error, method: request.method, route, status: answer.status }, 'request failed');
    }
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    reply.code(answer.status).headers(answer.headers);
    if (answer instanceof OutcomeProblem) {
      void reply.type('application/fhir+json; charset=utf-8').send(JSON.stringify(answer.outcome));
    } else if (request.url.startsWith('/fhir')) {
      void reply.type('application/fhir+json; charset=utf-8').send(JSON.stringify(asOutcome(answer)));
    } else if (request.url.startsWith('/oauth/') && answer.status < 500 && answer.status !== 404) {
      const body = { error: 'invalid_request', error_description: answer.detail };
      void reply.code(400).type('application/json; charset=utf-8').send(JSON.stringify(body));
    } else {
      void reply.type('application/problem+json; charset=utf-8').send(JSON.stringify(asProblemJson(answer)));
    }
  }
}

/** As RFC 9110 calls what Node still has by its older name. */
const RENAMED: Readonly<Record<number, string>> = { 413: 'Content Too Large', 422: 'Unprocessable Content' };

/** RFC 9457. */
export function asProblemJson(problem: Problem): Record<string, unknown> {
  return {
    type: 'about:blank',
    title: RENAMED[problem.status] ?? STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.detail,
    ...(problem.errors.length === 0 ? {} : { errors: problem.errors }),
    ...problem.members,
  };
}

function asOutcome(problem: Problem): Record<string, unknown> {
  const details = problem.errors.length === 0 ? [{ pointer: '', detail: problem.detail }] : problem.errors;
  return {
    resourceType: 'OperationOutcome',
    issue: details.map(({ pointer, detail }) => ({
      severity: problem.status >= 500 ? 'fatal' : 'error',
      code: issueType(problem),
      details: { text: problem.code },
      diagnostics: detail,
      ...(pointer === '' ? {} : { expression: [pointer.slice(1).replaceAll('/', '.')] }),
    })),
  };
}

/** Codes of the value set issue-type (R4). */
function issueType(problem: Problem): string {
  const byCode: Readonly<Record<string, string>> = {
    'json-invalid': 'structure',
    'json-too-deep': 'too-costly',
    'utf8-invalid': 'structure',
  };
  const byStatus: Readonly<Record<number, string>> = {
    400: 'invalid',
    401: 'login',
    403: 'forbidden',
    404: 'not-found',
    405: 'not-supported',
    408: 'timeout',
    409: 'conflict',
    413: 'too-long',
    415: 'not-supported',
    429: 'throttled',
    500: 'exception',
    503: 'transient',
  };
  return byCode[problem.code] ?? byStatus[problem.status] ?? 'processing';
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof LogFullError) {
    return new Problem(429, 'log-full', 'the log is full for the moment; send again later', [], {
      'retry-after': String(Math.max(1, Math.ceil(error.retryAfterSeconds))),
    });
  }
  if (error instanceof RateLimitedError) {
    return new Problem(429, 'rate-limited', `more requests than this ${error.limited} may make; send again later`, [], {
      'retry-after': String(error.retryAfterSeconds),
    });
  }
  if (error instanceof TooManyLoginsError) {
    return new Problem(429, 'too-many-logins', 'too many logins at once; try again', [], { 'retry-after': '1' });
  }
  if (error instanceof IssuerAwayError) {
    return new Problem(503, 'issuer-away', 'the issuer of this token gives no keys now; try again', [], {
      'retry-after': '3',
    });
  }
  if (error instanceof HttpException) return fromStatus(error.getStatus());
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) return fromStatus(status);
  if (isTransient(error))
    return new Problem(503, 'unavailable', 'a service behind this one is away; try again', [], { 'retry-after': '2' });
  return new Problem(500, 'internal', 'something went wrong here; the log of the server says where');
}

const BY_STATUS: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['bad-request', 'the request cannot be read'],
  404: ['not-found', 'there is nothing at this path'],
  405: ['method-not-allowed', 'this path does not take this method'],
  408: ['timeout', 'the request took too long'],
  413: ['body-too-large', 'the body is too large'],
  414: ['uri-too-long', 'the path is too long'],
  415: ['media-type-unsupported', 'this media type is not taken here'],
  431: ['headers-too-large', 'the headers are too large'],
};

function fromStatus(status: number): Problem {
  const [code, detail] = BY_STATUS[status] ?? ['refused', 'the request was refused'];
  return new Problem(status, code, detail);
}
