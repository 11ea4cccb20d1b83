import { deviceIdentifier, medicationAsked, subjectIdentifiers, type JsonObject } from '#libs/domain/fhir';
import { indexedForms } from '../references/indexed-identifier.js';
import { FHIR_ID } from '../plan/read-request.js';
import { referencesOf } from '../references/references.js';
import type { Step } from '../plan/step.js';
import { conditionLookups } from './condition-lookups.js';
import { conditionLocksOf } from './condition-locks.js';
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
    if (step.kind === 'update' || step.kind === 'delete' || step.kind === 'patch') {
      if (step.condition === undefined) lock.push({ type: step.type, id: step.id });
    }
    // A conditional update may make the resource with the id of its body.
    if (step.kind === 'update' && step.condition !== undefined) {
      const id = step.resource['id'];
      if (typeof id === 'string') lock.push({ type: step.type, id });
      made.add(`${step.type}/${step.id}`);
    }
    if (step.kind === 'read') read.push({ type: step.type, id: step.id });
  }
  for (const step of steps) {
    if (step.kind !== 'create' && step.kind !== 'update') continue;
    for (const { sent } of step.assumed ?? []) {
      if (sent.startsWith('Patient/')) patients.add(sent.slice('Patient/'.length));
    }
    const references = referencesOf(step.resource);
    const medication = step.type === 'MedicationAdministration' ? medicationAsked(step.resource) : undefined;
    if (medication !== undefined && FHIR_ID.test(medication) && !made.has(`Medication/${medication}`))
      read.push({ type: 'Medication', id: medication });
    for (const one of identifiersAsked(step.resource)) identifiers.set(identifierKey(one), one);
    for (const reference of references) {
      if (reference.isQuery || made.has(`${reference.type}/${reference.id}`) || !FHIR_ID.test(reference.id)) continue;
      if (reference.type === 'Patient') patients.add(reference.id);
      if (reference.type === 'Device') devices.add(reference.id);
    }
  }
  return {
    lock,
    read,
    patients: [...patients],
    devices: [...devices],
    identifiers: [...identifiers.values()],
    conditions: conditionLookups(steps),
    locks: conditionLocksOf(steps),
  };
}

/** Business identifiers by which a resource names others. */
function identifiersAsked(resource: JsonObject): readonly TypedIdentifier[] {
  const device = resource['resourceType'] === 'DeviceUseStatement' ? deviceIdentifier(resource) : undefined;
  return [
    ...subjectIdentifiers(resource).flatMap((one) => indexedForms(one).map((form) => ({ type: 'Patient', ...form }))),
    ...(device === undefined ? [] : indexedForms(device).map((form) => ({ type: 'Device', ...form }))),
  ];
}
