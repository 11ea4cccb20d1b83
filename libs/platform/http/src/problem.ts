/** One thing wrong with a request body or query; `pointer` is a JSON pointer (RFC 6901), '' for the whole. */
export interface ProblemDetail {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/**
 * A refusal with its HTTP answer. Thrown by gateways and controllers, rendered as `application/problem+json` (RFC 9457) under
 * `/v1` and as OperationOutcome under `/fhir`. `detail` must not quote what was sent.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: readonly ProblemDetail[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
    /** Further members of the problem+json answer (RFC 9457 §3.2). */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

/** The same answer for what is absent and what belongs to another tenant. */
export function notFound(what: string): Problem {
  return new Problem(404, 'not-found', `${what} was not found`);
}
