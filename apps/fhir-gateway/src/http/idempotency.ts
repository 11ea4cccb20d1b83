import { createHash } from 'node:crypto';
import type { AuthorizedRequest } from '#libs/platform/auth';
import { oneIssue, type Once } from '#libs/fhir-rest';
import { clientKey } from '../pipeline/commits.js';

/** Headers that change what a request does: with another one of them it is another request. */
const MEANINGFUL = ['content-type', 'if-match', 'if-none-match', 'if-none-exist'] as const;

/** What the header `Idempotency-Key` asks for: undefined without one. @throws OutcomeProblem 400 */
export function onceOf(request: AuthorizedRequest): Once | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^[!-~]{1,255}$/.test(header)) {
    throw oneIssue(400, 'value', 'the header Idempotency-Key must be 1 to 255 visible ASCII characters');
  }
  const hash = createHash('sha256');
  hash.update(JSON.stringify([request.method, request.url, MEANINGFUL.map((name) => request.headers[name] ?? null)]));
  if (typeof request.body === 'string') hash.update(request.body);
  return { key: { client: clientKey(request.access), key: header, hash: hash.digest('hex') } };
}
