import { fetchWithSession } from './client.js';

/** Patients of a ward that are asked for at once. */
export const WARD_PAGE = 500;
const ADDRESS = `/v1/ward?limit=${WARD_PAGE}`;

let asked: Promise<Response | undefined> | undefined;
let answered: Promise<unknown> = Promise.resolve();

/** Asks for the ward while it is still found out who is signed in, so that neither waits for the other. Where nobody is, nothing comes of it. */
export function askForWard(): void {
  asked = fetch(ADDRESS).then(
    (answer) => (answer.ok ? answer : undefined),
    () => undefined,
  );
  answered = asked;
}

/**
 * Settles when what was asked for early is answered, or after `ms`: what would have the server read the same patients meanwhile can wait for
 * it. At once where nothing was asked for.
 */
export function firstWardAnswered(ms: number): Promise<unknown> {
  return Promise.race([answered, new Promise((resolve) => setTimeout(resolve, ms))]);
}

/** What was asked for early, to the first request for it; all others are sent. */
export async function fetchWard(request: Request): Promise<Response> {
  const early = request.url === new URL(ADDRESS, location.origin).href ? asked : undefined;
  if (early !== undefined) asked = undefined;
  return (await early) ?? fetchWithSession(request);
}
