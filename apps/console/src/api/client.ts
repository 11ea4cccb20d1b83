import createClient from 'openapi-fetch';
import { session } from '../app/session.js';
import { problemOf } from './problem.js';
import type { paths } from './generated/schema.js';

const READS = new Set(['GET', 'HEAD']);

/**
 * A request of the signed-in person. When the session has ended meanwhile, it waits until the person has signed in again, and is sent
 * again as it was (with its Idempotency-Key), so nothing that was entered is lost.
 */
export async function fetchWithSession(request: Request): Promise<Response> {
  const again = request.clone();
  const { csrfToken } = session.current();
  if (!READS.has(request.method) && csrfToken !== undefined) request.headers.set('x-csrf-token', csrfToken);
  const response = await fetch(request);
  if (response.status !== 401) return response;
  await session.renewed();
  return fetchWithSession(again);
}

/** The API as docs/openapi.json describes it. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: fetchWithSession });

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** What the API answered. @throws {ApiProblem} when it refused */
export async function answerOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await asked;
  if (!response.ok) throw problemOf(response, error);
  return data as Data;
}
