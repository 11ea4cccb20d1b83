import type { JsonObject } from '#libs/domain/fhir';
import type { Condition } from '../conditions/condition.js';
import type { Step } from '../plan/step.js';
import type { ConditionLock } from '../repository/resources.js';

/** A bundle that asks for more holds the lock of all: each lock has a place in a table of the database that all share. */
const MAX_LOCKS = 256;

/** All other locks are held under this one, shared. */
const ALL = '*';

/**
 * The locks of a request: a condition that writes holds that of what it asks for, alone; a write shares those of the identifiers that it
 * gives, by which it may make a match for the condition of another. None where nothing is guarded.
 *
 * What this gives: conditions that name a value of an identifier are safe against every other write of such a resource. Other conditions
 * are safe against equal ones.
 */
export function conditionLocksOf(steps: readonly Step[]): readonly ConditionLock[] {
  const locks = new Map<string, boolean>();
  const add = (key: string, isShared: boolean): void => void locks.set(key, isShared && locks.get(key) !== false);
  for (const step of steps) {
    if (!('condition' in step || 'resource' in step)) continue;
    if (step.condition !== undefined) for (const key of keysOf(step.condition)) add(key, false);
    if (!('resource' in step)) continue;
    for (const value of identifierValues(step.resource)) add(identifierLock(step.type, value), true);
  }
  if (locks.size === 0) return [];
  if (locks.size > MAX_LOCKS) return [{ key: ALL, isShared: false }];
  return [{ key: ALL, isShared: true }, ...[...locks].map(([key, isShared]) => ({ key, isShared }))];
}

/** By the values of its identifier where it names any: another condition may mean the same resource by another system, or by none. */
function keysOf({ type, key, query }: Condition): string[] {
  for (const one of query.conditions) {
    if (one.kind !== 'token' || one.parameter !== 'identifier' || one.not) continue;
    const codes = one.values.flatMap(({ code }) => (code === undefined ? [] : [code]));
    if (codes.length === one.values.length) return codes.map((code) => identifierLock(type, code));
  }
  return [key];
}

function identifierLock(type: string, value: string): string {
  return `${type} identifier ${value}`;
}

function identifierValues(resource: JsonObject): readonly string[] {
  const identifier = resource['identifier'] ?? [];
  const identifiers = (Array.isArray(identifier) ? identifier : [identifier]) as readonly JsonObject[];
  return identifiers.flatMap((one) => (typeof one?.['value'] === 'string' ? [one['value']] : []));
}
