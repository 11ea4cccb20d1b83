import type { Step } from '../plan/step.js';
import type { ConditionLookup, FhirKnown, FhirLookups } from '../repository/resources.js';
import { stillHolds } from './finder.js';
import { conditionsOf } from './step-conditions.js';

/** Conditions of the steps and of their references, each once. */
export function conditionLookups(steps: readonly Step[]): readonly ConditionLookup[] {
  const lookups = new Map<string, ConditionLookup>();
  // What the request itself deletes or changes does not count: so many more may have to be found, for one to be left or two.
  const written = new Map<string, number>();
  for (const step of steps) {
    const isWrite = step.kind === 'delete' || step.kind === 'update' || step.kind === 'patch';
    if (isWrite) written.set(step.type, (written.get(step.type) ?? 0) + 1);
  }
  for (const step of steps) {
    for (const condition of conditionsOf(step)) {
      const isOwn = step.kind !== 'refused' && 'condition' in step && step.condition === condition;
      const writes = isOwn && step.kind !== 'create';
      const before = lookups.get(condition.key);
      const limit = 2 + (written.get(condition.type) ?? 0);
      lookups.set(condition.key, { condition, limit, writes: writes || before?.writes === true });
    }
  }
  return [...lookups.values()];
}

/** The lookups again, with those of the resources that conditions found. @param matches ids by {@link Condition.key} */
export function lookupsWith(lookups: FhirLookups, matches: FhirKnown['matches']): FhirLookups {
  const lock = [...lookups.lock];
  const read = [...lookups.read];
  const patients = [...lookups.patients];
  const devices = [...lookups.devices];
  for (const { condition, writes } of lookups.conditions ?? []) {
    const { type, key } = condition;
    for (const id of matches.get(key) ?? []) {
      (writes ? lock : read).push({ type, id });
      if (type === 'Patient') patients.push(id);
      if (type === 'Device') devices.push(id);
    }
  }
  return { ...lookups, lock, read, patients, devices };
}

/**
 * Whether all that conditions found still matches in the versions that were looked at, and locked where they are written. If not, others
 * wrote in between: search again.
 */
export function matchesStand(lookups: FhirLookups, { matches, resources }: FhirKnown): boolean {
  return (lookups.conditions ?? []).every(({ condition }) =>
    (matches.get(condition.key) ?? []).every((id) => {
      const stored = resources.get(`${condition.type}/${id}`);
      return stored !== undefined && !stored.deleted && stillHolds(stored.content, condition);
    }),
  );
}
