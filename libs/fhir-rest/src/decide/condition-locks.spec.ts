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

function locks(...entry: JsonObject[]): Record<string, 'alone' | 'shared'> {
  const { steps } = planRequest({ resourceType: 'Bundle', type: 'transaction', entry }, () => 'x');
  return Object.fromEntries(conditionLocksOf(steps).map(({ key, isShared }) => [key, isShared ? 'shared' : 'alone']));
}

/** Whether two requests that hold these are one after the other. */
function excludes(one: Record<string, string>, other: Record<string, string>): boolean {
  return Object.keys(one).some((key) => key in other && (one[key] === 'alone' || other[key] === 'alone'));
}

describe('the locks of a request', () => {
  const numbers = Array.from({ length: 300 }, (_, n) => String(n));
  const plain = locks(create('1'));
  const conditional = locks(create('1', 'identifier=s|1'));
  const manyPlain = locks(...numbers.map((n) => create(n)));
  const manyConditional = locks(...numbers.map((n) => create(n, `identifier=s|${n}`)));

  it('are none where there is neither a condition nor an identifier', () => {
    expect(locks({ resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } })).toEqual({});
  });

  it('set conditions on one identifier value after each other, and plain writes of it after them', () => {
    expect(excludes(conditional, locks(create('9', 'identifier=1')))).toBe(true);
    expect(excludes(conditional, locks(create('9', 'identifier=s|1&active=true')))).toBe(true);
    expect(excludes(conditional, locks(create('2', 'identifier=s|2')))).toBe(false);
    expect(excludes(conditional, plain)).toBe(true);
    expect(excludes(plain, plain)).toBe(false);
    expect(excludes(locks(create('1', 'name=x')), locks(create('2', 'name=x')))).toBe(true);
  });

  it('are few, whatever a bundle asks for', () => {
    expect(Object.keys(manyPlain)).toHaveLength(1);
    expect(Object.keys(manyConditional)).toHaveLength(2);
    expect(excludes(manyPlain, plain)).toBe(false);
    for (const other of [conditional, manyPlain, manyConditional]) expect(excludes(manyPlain, other)).toBe(true);
    for (const other of [plain, conditional]) expect(excludes(manyConditional, other)).toBe(true);
  });
});
