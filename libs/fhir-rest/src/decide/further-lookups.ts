import { stringifyJson } from '#libs/domain/fhir';
import type { Step, UpdateStep } from '../plan/step.js';
import type { CurrentResource, FhirKnown, FhirLookups } from '../repository/resources.js';
import { lookupsOf } from './lookups.js';
import { updateByPatch } from './update-by-patch.js';

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
    for (const id of idsOf(step, known)) {
      const key = `${step.type}/${id}`;
      const update = step.kind === 'patch' ? updateByPatch({ ...step, id }, current.get(key)) : step;
      if (update.kind !== 'create' && update.kind !== 'update') continue;
      if (step.kind === 'patch') updates.push(update as UpdateStep);
      // In a batch, a resource may be patched that an entry before has written.
      current.set(key, {
        type: step.type,
        id,
        version: 1,
        deleted: false,
        content: stringifyJson(update.resource),
        lastUpdated: 0,
        patient: null,
      });
    }
  }
  // No locks once rows are locked: others take them in the other order.
  return { ...lookupsOf(updates), lock: [], locks: [] };
}

/** What a step may write; of a condition that finds several, any of them: another entry may delete the others. */
function idsOf(step: Exclude<Step, { kind: 'refused' }>, known: FhirKnown): readonly string[] {
  if (step.kind === 'create' || step.kind === 'update' || step.kind === 'patch') {
    const found = step.condition === undefined ? [] : (known.matches.get(step.condition.key) ?? []);
    return [step.id, ...found];
  }
  return [];
}

export function joinedKnown(one: FhirKnown, other: FhirKnown): FhirKnown {
  return {
    resources: new Map([...other.resources, ...one.resources]),
    patients: new Set([...one.patients, ...other.patients]),
    deviceAssignments: new Map([...one.deviceAssignments, ...other.deviceAssignments]),
    identified: new Map([...one.identified, ...other.identified]),
    matches: new Map([...one.matches, ...other.matches]),
  };
}
