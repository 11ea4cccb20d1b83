import type { JsonObject } from '#libs/domain/fhir';
import { indexKey } from '#libs/fhir-search';
import type { Condition } from '../conditions/condition.js';
import { identifierCodesOf } from '../conditions/holds.js';
import type { Step } from '../plan/step.js';
import type { ConditionLock } from '../repository/resources.js';

/**
 * Locks that there are of a tenant. Each that is held has a place in a table that all sessions of the database share, so a bundle must not
 * hold thousands; two requests that have nothing in common share one by chance, and then one of them waits until the other is committed.
 */
const LOCKS = 256;

/**
 * The locks of a request: a condition that writes holds that of what it asks for, alone; a write shares those of the identifiers that it
 * gives, by which it may make a match for the condition of another. None where nothing can be matched.
 *
 * What this gives: conditions that name a value of an identifier are safe against every other write of such a resource. Other conditions
 * are safe against equal ones.
 */
export function conditionLocksOf(steps: readonly Step[]): readonly ConditionLock[] {
  const locks = new Map<number, boolean>();
  const add = (name: string, isShared: boolean): void => {
    const key = hashOf(name) % LOCKS;
    locks.set(key, isShared && locks.get(key) !== false);
  };
  for (const step of steps) {
    if (!('condition' in step || 'resource' in step)) continue;
    if (step.condition !== undefined) for (const name of namesOf(step.condition)) add(name, false);
    if (!('resource' in step)) continue;
    for (const value of identifierValues(step.resource)) add(identifierName(step.type, value), true);
  }
  return [...locks].sort(([a], [b]) => a - b).map(([key, isShared]) => ({ key, isShared }));
}

/** By the values of its identifier where it names any: another condition may mean the same resource by another system, or by none. */
function namesOf(condition: Condition): readonly string[] {
  return identifierCodesOf(condition)?.map((code) => identifierName(condition.type, code)) ?? [condition.key];
}

function identifierName(type: string, value: string): string {
  return `${type} identifier ${value}`;
}

function identifierValues(resource: JsonObject): readonly string[] {
  const identifier = resource['identifier'] ?? [];
  const identifiers = (Array.isArray(identifier) ? identifier : [identifier]) as readonly JsonObject[];
  return identifiers.flatMap((one) => (typeof one?.['value'] === 'string' ? [indexKey(one['value'])] : []));
}

/** FNV-1a of 32 bits, of UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
