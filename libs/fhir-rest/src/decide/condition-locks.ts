import type { JsonObject } from '#libs/domain/fhir';
import { indexKey } from '#libs/fhir-search';
import type { Condition } from '../conditions/condition.js';
import { identifierCodesOf } from '../conditions/holds.js';
import type { Step } from '../plan/step.js';
import type { ConditionLock } from '../repository/resources.js';

/** What asks for more holds the lock of all: each lock has a place in a table of the database that all sessions share. */
const MAX_LOCKS = 256;

/** Held beside the locks of single keys: by requests with conditions, and by those without. */
const CONDITIONS = '*conditions';
const WRITES = '*writes';

/**
 * The locks of a request: a condition that writes holds that of what it asks for, alone; a write shares those of the identifiers that it
 * gives, by which it may make a match for the condition of another. None where nothing can be matched.
 *
 * What this gives: conditions that name a value of an identifier are safe against every other write of such a resource. Other conditions
 * are safe against equal ones. A bundle of many identifiers without conditions holds up requests with conditions, and no other writes.
 */
export function conditionLocksOf(steps: readonly Step[]): readonly ConditionLock[] {
  const keys = new Map<string, boolean>();
  const add = (key: string, isShared: boolean): void => void keys.set(key, isShared && keys.get(key) !== false);
  let asks = false;
  for (const step of steps) {
    if (!('condition' in step || 'resource' in step)) continue;
    if (step.condition !== undefined) {
      asks = true;
      for (const key of keysOf(step.condition)) add(key, false);
    }
    if (!('resource' in step)) continue;
    for (const value of identifierValues(step.resource)) add(identifierLock(step.type, value), true);
  }
  if (keys.size > MAX_LOCKS) return [CONDITIONS, ...(asks ? [WRITES] : [])].map((key) => ({ key, isShared: false }));
  const all = keys.size === 0 ? [] : [{ key: asks ? CONDITIONS : WRITES, isShared: true }];
  return [...all, ...[...keys].map(([key, isShared]) => ({ key, isShared }))];
}

/** By the values of its identifier where it names any: another condition may mean the same resource by another system, or by none. */
function keysOf(condition: Condition): readonly string[] {
  return identifierCodesOf(condition)?.map((code) => identifierLock(condition.type, code)) ?? [condition.key];
}

function identifierLock(type: string, value: string): string {
  return `${type} identifier ${value}`;
}

function identifierValues(resource: JsonObject): readonly string[] {
  const identifier = resource['identifier'] ?? [];
  const identifiers = (Array.isArray(identifier) ? identifier : [identifier]) as readonly JsonObject[];
  return identifiers.flatMap((one) => (typeof one?.['value'] === 'string' ? [indexKey(one['value'])] : []));
}
