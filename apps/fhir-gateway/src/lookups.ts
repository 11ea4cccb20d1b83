import type { FhirLookups } from '#libs/platform/storage';
import { FHIR_ID } from './read-request.js';
import { referencesOf } from './references.js';
import type { Step } from './step.js';

/** What the steps must know of the database. What the request makes itself need not be asked for. */
export function lookupsOf(steps: readonly Step[]): FhirLookups {
  const made = new Set<string>();
  const lock: { type: string; id: string }[] = [];
  const read: { type: string; id: string }[] = [];
  const patients = new Set<string>();
  const devices = new Set<string>();
  for (const step of steps) {
    if (step.kind === 'create') made.add(`${step.type}/${step.id}`);
    if (step.kind === 'update' || step.kind === 'delete') lock.push({ type: step.type, id: step.id });
    if (step.kind === 'read') read.push({ type: step.type, id: step.id });
  }
  for (const step of steps) {
    if (step.kind !== 'create' && step.kind !== 'update') continue;
    for (const reference of referencesOf(step.resource)) {
      if (made.has(`${reference.type}/${reference.id}`) || !FHIR_ID.test(reference.id)) continue;
      if (reference.type === 'Patient') patients.add(reference.id);
      if (reference.type === 'Device') devices.add(reference.id);
    }
  }
  return { lock, read, patients: [...patients], devices: [...devices] };
}
