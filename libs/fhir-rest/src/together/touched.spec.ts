import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import { decide } from '../decide/decide.js';
import { Finder } from '../decide/finder.js';
import { lookupsWith } from '../decide/condition-lookups.js';
import { lookupsOf } from '../decide/lookups.js';
import { planRequest } from '../plan/plan-request.js';
import type { Step } from '../plan/step.js';
import { indexedIdentifier } from '../references/indexed-identifier.js';
import { identifierKey, type CurrentResource, type FhirKnown, type FhirLookups } from '../repository/resources.js';
import { joinedLookups } from './joined-lookups.js';
import { Changed } from './touched.js';

/** What a database holds, and what it answers. */
class Store {
  constructor(readonly resources: ReadonlyMap<string, CurrentResource>) {}

  known(lookups: FhirLookups): FhirKnown {
    const there = [...this.resources.values()].filter(({ deleted }) => !deleted);
    const finder = new Finder({ matches: new Map() }, new Set(there.map(({ type }) => type)));
    const identified = new Map<string, string[]>();
    for (const { type, id, content } of there) {
      const resource = objectOf(content);
      finder.put(type, id, resource);
      for (const one of (resource['identifier'] ?? []) as { system: string; value: string }[]) {
        const key = identifierKey({ type, ...indexedIdentifier(one) });
        identified.set(key, [...(identified.get(key) ?? []), id]);
      }
    }
    const matches = new Map(
      (lookups.conditions ?? []).map(({ condition, limit }) => [
        condition.key,
        finder.find(condition).ids.slice(0, limit),
      ]),
    );
    const { lock, read, patients, identifiers = [] } = lookupsWith(lookups, matches);
    const asked = new Set([...lock, ...read].map(({ type, id }) => `${type}/${id}`));
    const wanted = new Set(identifiers.map(identifierKey));
    const found = new Map([...identified].filter(([key]) => wanted.has(key)));
    return {
      resources: new Map([...this.resources].filter(([key]) => asked.has(key))),
      patients: new Set([
        ...there.flatMap(({ type, id }) => (type === 'Patient' && patients.includes(id) ? [id] : [])),
        ...[...found.values()].flat(),
      ]),
      deviceAssignments: new Map(),
      identified: found,
      matches,
    };
  }

  after(changes: readonly CurrentResource[]): Store {
    return new Store(new Map([...this.resources, ...changes.map((one) => [`${one.type}/${one.id}`, one] as const)]));
  }
}

function objectOf(text: string): JsonObject {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error('a test resource is JSON');
  return parsed.value as JsonObject;
}

const id = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('1', '2', '3');
const patient = fc.record({ value, family: value }).map(({ value: identifier, family }) => ({
  resourceType: 'Patient',
  identifier: [{ system: 's', value: identifier }],
  name: [{ family }],
}));
const subject = fc.oneof(
  id.map((one) => ({ reference: `Patient/${one}` })),
  value.map((one) => ({ reference: `Patient?identifier=s|${one}` })),
  value.map((one) => ({ identifier: { system: 's', value: one } })),
);
const observation = subject.map((one) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: one,
}));
const entry = fc.oneof(
  patient.map((resource) => ({ resource, request: { method: 'POST', url: 'Patient' } })),
  fc.record({ resource: patient, value }).map(({ resource, value: identifier }) => ({
    resource,
    request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=s|${identifier}` },
  })),
  fc.record({ resource: patient, id }).map(({ resource, id: one }) => ({
    resource: { ...resource, id: one },
    request: { method: 'PUT', url: `Patient/${one}` },
  })),
  fc.record({ resource: patient, value }).map(({ resource, value: identifier }) => ({
    resource,
    request: { method: 'PUT', url: `Patient?identifier=s|${identifier}` },
  })),
  id.map((one) => ({ request: { method: 'DELETE', url: `Patient/${one}` } })),
  value.map((one) => ({ request: { method: 'DELETE', url: `Patient?identifier=${one}` } })),
  id.map((one) => ({ request: { method: 'GET', url: `Patient/${one}` } })),
  observation.map((resource) => ({ resource, request: { method: 'POST', url: 'Observation' } })),
);
const request = fc.record({
  type: fc.constantFrom('transaction' as const, 'batch' as const),
  entries: fc.array(entry, { minLength: 1, maxLength: 3 }),
});
const stored = fc.uniqueArray(fc.record({ id, resource: patient }), { selector: (one) => one.id });

it('requests that none before them touches are decided together as they are one after the other', () => {
  let shared = 0;
  fc.assert(
    fc.property(stored, fc.array(request, { minLength: 2, maxLength: 5 }), (there, requests) => {
      let store = new Store(
        new Map(there.map((one) => [`Patient/${one.id}`, current(one.id, { ...one.resource, id: one.id })])),
      );
      const planned = requests.map(({ type, entries }, at) => ({
        type,
        steps: plan(type, entries, at),
        lookups: lookupsOf(plan(type, entries, at)),
      }));
      const known = store.known(joinedLookups(planned.map(({ lookups }) => lookups)));
      const changed = new Changed();
      for (const [at, { type, steps, lookups }] of planned.entries()) {
        if (changed.touches(lookups, known)) continue;
        const mode = type === 'batch' ? 'each' : 'atomic';
        const together = decide(steps, known, 1000 + at, mode);
        const alone = decide(steps, store.known(lookups), 1000 + at, mode);
        expect(together).toEqual(alone);
        if (mode === 'atomic' && together.results.some(({ kind }) => kind === 'refused')) continue;
        changed.add(together.changes);
        store = store.after(together.changes);
        if (at > 0) shared += 1;
      }
    }),
    propertyRuns(400),
  );
  expect(shared).toBeGreaterThan(metInRuns(100));
});

function plan(type: string, entries: readonly object[], at: number): readonly Step[] {
  let next = 0;
  const bundle = objectOf(JSON.stringify({ resourceType: 'Bundle', type, entry: entries }));
  return planRequest(bundle, () => `new-${at}-${++next}`).steps;
}

function current(name: string, resource: object): CurrentResource {
  return {
    type: 'Patient',
    id: name,
    version: 1,
    deleted: false,
    content: JSON.stringify(resource),
    lastUpdated: 0,
    patient: name,
  };
}
