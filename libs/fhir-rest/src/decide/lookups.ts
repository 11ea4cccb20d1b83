import { stringifyJson, subjectIdentifiers, type JsonObject } from '#libs/domain/fhir';
import { conditionalReference } from '../references/conditional-reference.js';
import { indexedForms } from '../references/indexed-identifier.js';
import { FHIR_ID } from '../plan/read-request.js';
import { referencesOf, type ResourceReference } from '../references/references.js';
import type { Step, UpdateStep } from '../plan/step.js';
import { updateByPatch } from './update-by-patch.js';
import {
  identifierKey,
  type CurrentResource,
  type FhirKnown,
  type FhirLookups,
  type TypedIdentifier,
} from '../repository/resources.js';

/** What the steps must know of the database. What the request makes itself need not be asked for. */
export function lookupsOf(steps: readonly Step[]): FhirLookups {
  const made = new Set<string>();
  const lock: { type: string; id: string }[] = [];
  const read: { type: string; id: string }[] = [];
  const patients = new Set<string>();
  const devices = new Set<string>();
  const identifiers = new Map<string, TypedIdentifier>();
  for (const step of steps) {
    if (step.kind === 'create') made.add(`${step.type}/${step.id}`);
    if (step.kind === 'update' || step.kind === 'delete' || step.kind === 'patch')
      lock.push({ type: step.type, id: step.id });
    if (step.kind === 'read') read.push({ type: step.type, id: step.id });
  }
  for (const step of steps) {
    if (step.kind !== 'create' && step.kind !== 'update') continue;
    for (const { sent } of step.assumed ?? []) {
      if (sent.startsWith('Patient/')) patients.add(sent.slice('Patient/'.length));
    }
    const references = referencesOf(step.resource);
    for (const one of identifiersAsked(step.resource, references)) identifiers.set(identifierKey(one), one);
    for (const reference of references) {
      if (made.has(`${reference.type}/${reference.id}`) || !FHIR_ID.test(reference.id)) continue;
      if (reference.type === 'Patient') patients.add(reference.id);
      if (reference.type === 'Device') devices.add(reference.id);
    }
  }
  return { lock, read, patients: [...patients], devices: [...devices], identifiers: [...identifiers.values()] };
}

/**
 * What the steps must know beside, once the locked versions are known: what patched resources refer to. Undefined when nothing is
 * patched.
 */
export function furtherLookupsOf(steps: readonly Step[], known: FhirKnown): FhirLookups | undefined {
  if (!steps.some((step) => step.kind === 'patch')) return undefined;
  const current = new Map<string, CurrentResource>(known.resources);
  const updates: UpdateStep[] = [];
  for (const step of steps) {
    if (step.kind === 'refused') continue;
    const key = `${step.type}/${step.id}`;
    const update = step.kind === 'patch' ? updateByPatch(step, current.get(key)) : step;
    if (update.kind !== 'create' && update.kind !== 'update') continue;
    if (step.kind === 'patch') updates.push(update as UpdateStep);
    // In a batch, a resource may be patched that an entry before has written.
    current.set(key, {
      type: step.type,
      id: step.id,
      version: 1,
      deleted: false,
      content: stringifyJson(update.resource),
      lastUpdated: 0,
      patient: null,
    });
  }
  return { ...lookupsOf(updates), lock: [] };
}

export function joinedKnown(one: FhirKnown, other: FhirKnown): FhirKnown {
  return {
    resources: new Map([...other.resources, ...one.resources]),
    patients: new Set([...one.patients, ...other.patients]),
    deviceAssignments: new Map([...one.deviceAssignments, ...other.deviceAssignments]),
    identified: new Map([...one.identified, ...other.identified]),
  };
}

/** Business identifiers by which a resource names others. */
function identifiersAsked(resource: JsonObject, references: readonly ResourceReference[]): readonly TypedIdentifier[] {
  const subjects = subjectIdentifiers(resource).map((one) => ({ type: 'Patient', ...one }));
  const conditional = references.flatMap(({ type, id, isQuery }) =>
    isQuery ? (conditionalReference(`${type}?${id}`) ?? []) : [],
  );
  return [...subjects, ...conditional].flatMap(({ type, ...one }) =>
    indexedForms(one).map((form) => ({ type, ...form })),
  );
}
