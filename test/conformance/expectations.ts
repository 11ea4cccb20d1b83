import assert from 'node:assert/strict';
import type { Answer, Any, Server } from './server.js';

export function status(answer: Answer, ...wanted: readonly number[]): void {
  const shown = answer.text.slice(0, 400);
  assert.ok(wanted.includes(answer.status), `expected status ${wanted.join(' or ')}, got ${answer.status}: ${shown}`);
}

/** A refusal with an OperationOutcome that says what and, where asked, where. */
export function refused(answer: Answer, wanted: readonly number[], expression?: RegExp): void {
  status(answer, ...wanted);
  assert.equal(answer.body?.resourceType, 'OperationOutcome', 'a refusal has an OperationOutcome');
  const issues: readonly Any[] = answer.body.issue ?? [];
  assert.ok(issues.length > 0, 'the outcome has an issue');
  for (const issue of issues) {
    assert.ok(issue.severity !== undefined && issue.code !== undefined, 'an issue has severity and code');
    const told = issue.details?.text ?? issue.diagnostics;
    assert.ok(typeof told === 'string' && told.length > 0, 'an issue says what is wrong');
  }
  if (expression === undefined) return;
  const places = issues.flatMap((issue) => issue.expression ?? issue.location ?? []);
  assert.ok(
    places.some((place) => expression.test(place)),
    `an issue names ${expression}; named: ${places.join(', ')}`,
  );
}

/** `Type/id` of a `Location` or `response.location`. */
export function locationOf(location: string | undefined): string {
  const found = /([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/.exec(location ?? '');
  assert.ok(found?.[1] !== undefined, `${location} is a location of a resource`);
  return found[1];
}

/** Ids of the matches of a search, in order. */
export function matchesOf(answer: Answer): readonly string[] {
  status(answer, 200);
  assert.equal(answer.body?.type, 'searchset');
  return (answer.body.entry ?? [])
    .filter((one: Any) => (one.search?.mode ?? 'match') === 'match')
    .map((one: Any) => one.resource.id);
}

export async function finds(server: Server, query: string, ids: readonly string[]): Promise<void> {
  const found = matchesOf(await server.get(query));
  assert.deepEqual([...found].sort(), [...ids].sort(), query);
}

export function linkOf(answer: Answer, relation: string): string | undefined {
  return answer.body?.link?.find((link: Any) => link.relation === relation)?.url;
}

export async function gone(server: Server, location: string): Promise<void> {
  status(await server.get(`/${location}`), 404, 410);
}

export async function notThere(server: Server, query: string): Promise<void> {
  await finds(server, query, []);
}
