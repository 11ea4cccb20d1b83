import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/domain/fhir';
import { planRequest } from '../plan/plan-request.js';
import { conditionLocksOf } from './condition-locks.js';

function patient(value: string): JsonObject {
  return { resourceType: 'Patient', identifier: [{ system: 's', value }] };
}

function create(value: string, ifNoneExist?: string): JsonObject {
  const condition = ifNoneExist === undefined ? {} : { ifNoneExist };
  return { resource: patient(value), request: { method: 'POST', url: 'Patient', ...condition } };
}

function locks(...entry: JsonObject[]): ReadonlyMap<number, boolean> {
  let next = 0;
  const { steps } = planRequest({ resourceType: 'Bundle', type: 'transaction', entry }, () => `x${++next}`);
  return new Map(conditionLocksOf(steps).map(({ key, isShared }) => [key, isShared]));
}

/** Whether two requests that hold these are one after the other. */
function excludes(one: ReadonlyMap<number, boolean>, other: ReadonlyMap<number, boolean>): boolean {
  return [...one].some(([key, isShared]) => other.has(key) && !(isShared && other.get(key)));
}

describe('the locks of a request', () => {
  const numbers = Array.from({ length: 3000 }, (_, n) => String(n));
  const plain = locks(create('1'));
  const conditional = locks(create('1', 'identifier=s|1'));

  it('are none where there is neither a condition nor an identifier', () => {
    expect(locks({ resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } }).size).toBe(0);
  });

  it('set conditions on one identifier value after each other, and plain writes of it before or after them', () => {
    expect(excludes(conditional, locks(create('9', 'identifier=1')))).toBe(true);
    expect(excludes(conditional, locks(create('9', 'identifier=s|1&active=true')))).toBe(true);
    expect(excludes(conditional, locks(create('2', 'identifier=s|2')))).toBe(false);
    expect(excludes(conditional, plain)).toBe(true);
    expect(excludes(plain, plain)).toBe(false);
    expect(excludes(locks(create('1', 'name=x')), locks(create('2', 'name=x')))).toBe(true);
  });

  it('are few, whatever a bundle asks for, and then still those of all that it asks for', () => {
    const manyPlain = locks(...numbers.map((n) => create(n)));
    const manyConditional = locks(...numbers.map((n) => create(n, `identifier=s|${n}`)));
    for (const many of [manyPlain, manyConditional]) expect(many.size).toBeLessThanOrEqual(256);
    expect(excludes(manyPlain, manyPlain)).toBe(false);
    expect(excludes(manyPlain, conditional)).toBe(true);
    expect(excludes(manyConditional, plain)).toBe(true);
  });
});
