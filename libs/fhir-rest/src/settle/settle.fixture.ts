import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { planRequest } from '../plan/plan-request.js';
import type { Step } from '../plan/step.js';
import type { CurrentResource, FhirKnown } from '../repository/resources.js';
import { decide } from '../decide/decide.js';
import type { Decision } from '../decide/decision.js';
import { lookupsWith } from '../decide/condition-lookups.js';
import { lookupsOf } from '../decide/lookups.js';
import { Finder } from '../decide/finder.js';

const NOW = Date.UTC(2026, 0, 1);

export type Resource = { readonly resourceType: string; readonly id?: string } & Record<string, unknown>;

export function patient(identifier: string, more: object = {}): Resource {
  return { resourceType: 'Patient', identifier: [{ system: 's', value: identifier }], ...more };
}

export function post(resource: Resource, ifNoneExist?: string, fullUrl?: string): object {
  return { fullUrl, resource, request: { method: 'POST', url: resource.resourceType, ifNoneExist } };
}

export function put(url: string, resource: Resource, more: object = {}): object {
  return { resource, request: { method: 'PUT', url, ...more } };
}

export function remove(url: string): object {
  return { request: { method: 'DELETE', url } };
}

function plan(type: 'transaction' | 'batch', entry: readonly object[]): readonly Step[] {
  const parsed = parseJson(JSON.stringify({ resourceType: 'Bundle', type, entry }));
  if (!parsed.ok) throw new Error('a test bundle is JSON');
  let next = 0;
  return planRequest(parsed.value as JsonObject, () => `new-${++next}`).steps;
}

/** What the database would answer, with these resources in it. */
function knownOf(steps: readonly Step[], stored: readonly Resource[]): FhirKnown {
  const finder = new Finder({ matches: new Map() }, new Set(stored.map(({ resourceType }) => resourceType)));
  for (const one of stored) finder.put(one.resourceType, one.id ?? '', one as unknown as JsonObject);
  const lookups = lookupsOf(steps);
  const matches = new Map(
    (lookups.conditions ?? []).map(({ condition, limit }) => [
      condition.key,
      finder.find(condition).ids.slice(0, limit),
    ]),
  );
  const { lock, read, patients } = lookupsWith(lookups, matches);
  const asked = new Set([...lock, ...read].map(({ type, id }) => `${type}/${id}`));
  const resources = stored
    .filter(({ resourceType, id = '' }) => asked.has(`${resourceType}/${id}`))
    .map((one): [string, CurrentResource] => [
      `${one.resourceType}/${one.id}`,
      {
        type: one.resourceType,
        id: one.id ?? '',
        version: 1,
        deleted: false,
        content: JSON.stringify(one),
        lastUpdated: 0,
        patient: null,
      },
    ]);
  const ids = stored.flatMap(({ resourceType, id = '' }) => (resourceType === 'Patient' ? [id] : []));
  return {
    resources: new Map(resources),
    patients: new Set(ids.filter((id) => patients.includes(id))),
    deviceAssignments: new Map(),
    identified: new Map(),
    matches,
  };
}

export function run(
  entries: readonly object[],
  stored: readonly Resource[] = [],
  type: 'transaction' | 'batch' = 'transaction',
): Decision {
  const steps = plan(type, entries);
  return decide(steps, knownOf(steps, stored), NOW, type === 'transaction' ? 'atomic' : 'each');
}

/** `written Patient/new-1/1`, `refused 412 …` of each entry. */
export function outcomes({ results }: Decision): string[] {
  return results.map((result) => {
    switch (result.kind) {
      case 'written':
      case 'matched':
      case 'found': {
        const { type, id, version } = result.resource;
        return `${result.kind} ${type}/${id}/${version}`;
      }
      case 'deleted':
        return `deleted ${result.resource === undefined ? 'nothing' : `${result.resource.type}/${result.resource.id}`}`;
      case 'refused':
        return `refused ${result.status} ${result.issues.map(({ code, expression }) => `${code} ${expression?.join()}`).join()}`;
      default:
        return result.kind;
    }
  });
}

export function contentOf({ changes }: Decision, key: string): Resource {
  const change = changes.find(({ type, id }) => `${type}/${id}` === key);
  return JSON.parse(change?.content ?? '{}') as Resource;
}
