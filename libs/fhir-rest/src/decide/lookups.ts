import { subjectIdentifiers, type JsonObject } from '#libs/domain/fhir';
import { conditionalReference } from '../references/conditional-reference.js';
import { indexedForms } from '../references/indexed-identifier.js';
import { FHIR_ID } from '../plan/read-request.js';
import { referencesOf, type ResourceReference } from '../references/references.js';
import type { Step } from '../plan/step.js';
import { identifierKey, type FhirLookups, type TypedIdentifier } from '../repository/resources.js';

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
    if (step.kind === 'update' || step.kind === 'delete') lock.push({ type: step.type, id: step.id });
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
