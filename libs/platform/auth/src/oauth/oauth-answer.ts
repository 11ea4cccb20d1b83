import { TooManyLoginsError } from '../scrypt-hash.js';
import { RateLimitedError } from '../rate-limits.js';

/** An answer of an OAuth endpoint: RFC 6749 §5, RFC 7009, RFC 7662. */
export interface OAuthAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: an empty body. */
  readonly body?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export type Fields = Readonly<Record<string, string>>;

/** RFC 6749 §5.2. The description must not quote what was sent. */
export function failure(status: number, error: string, description: string): OAuthAnswer {
  return { status, body: { error, error_description: description } };
}

/** @param challenged the client tried HTTP authentication, so that the answer must name the scheme */
export function invalidClient(description: string, challenged: boolean): OAuthAnswer {
  const answer = failure(401, 'invalid_client', description);
  return challenged ? { ...answer, headers: { 'www-authenticate': 'Basic realm="homeostat"' } } : answer;
}

export function comeBack(status: number, description: string, afterSeconds: number): OAuthAnswer {
  return {
    ...failure(status, 'temporarily_unavailable', description),
    headers: { 'retry-after': String(afterSeconds) },
  };
}

/** Does the work; over a limit the answer is 429. */
export async function withinLimits(work: () => Promise<OAuthAnswer>): Promise<OAuthAnswer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RateLimitedError)
      return comeBack(429, 'too many attempts to log in from here; try again later', error.retryAfterSeconds);
    if (error instanceof TooManyLoginsError) return comeBack(429, 'too many logins at once; try again', 1);
    throw error;
  }
}
