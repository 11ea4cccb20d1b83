import { fill, strings } from '../strings/strings.js';

/** A refusal of the API (RFC 9457), as it is shown next to what was asked. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** What is wrong where: JSON pointers into the request. */
    readonly errors: readonly { readonly pointer: string; readonly detail: string }[] = [],
    /** All members, such as `alert` of `alert-changed`. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

/** The error that a refused answer stands for. `body`: what `openapi-fetch` gives as `error`. */
export function problemOf(response: Response, body: unknown): ApiProblem {
  const members = (body !== null && typeof body === 'object' ? body : {}) as Record<string, unknown>;
  const detail = typeof members['detail'] === 'string' ? members['detail'] : adviceOf(response.status);
  const code = typeof members['code'] === 'string' ? members['code'] : 'unknown';
  const errors = Array.isArray(members['errors']) ? members['errors'] : [];
  return new ApiProblem(response.status, code, detail, errors as ApiProblem['errors'], members);
}

/** What happened, and what to do, where the answer itself does not say it: a proxy's, or none of the API's. */
function adviceOf(status: number): string {
  const { notAllowed, tooMany, notReady, serverError, refused } = strings.shell.answers;
  if (status === 403) return notAllowed;
  if (status === 429) return tooMany;
  if (status === 502 || status === 503 || status === 504) return fill(notReady, { status });
  return fill(status >= 500 ? serverError : refused, { status });
}

/** What to say to a person about an error of any kind. */
export function reasonOf(error: unknown): string {
  if (error instanceof ApiProblem) return error.message;
  return strings.shell.noAnswer;
}
