import { describe, expect, it } from '@jest/globals';
import { stringifyJson, type JsonObject } from '#libs/domain/fhir';
import type { CurrentResource } from '../repository/resources.js';
import { refusalOfGuard } from './guard.js';
import { MADE_HERE, marked } from './mark.js';

const FLAG: JsonObject = { resourceType: 'Flag', id: 'f', status: 'active' };

function stored(resource: JsonObject, over: Partial<CurrentResource> = {}): CurrentResource {
  const content = stringifyJson(resource);
  return { type: 'Flag', id: 'f', version: 1, deleted: false, content, lastUpdated: 0, patient: null, ...over };
}

const wanted = { type: 'Flag', id: 'f', at: 'Flag' };

describe('a write of a client', () => {
  it('is refused for what was made here, whatever it says, and for its deletion', () => {
    const made = stored(marked(FLAG, 1, 0));
    for (const resource of [FLAG, marked(FLAG, 1, 0)])
      expect(refusalOfGuard({ ...wanted, resource }, made)).toMatchObject({
        status: 403,
        issues: [{ code: 'forbidden', expression: ['Flag'] }],
      });
    expect(refusalOfGuard(wanted, made)).toMatchObject({ status: 403 });
  });

  it('is refused with the mark, at its place', () => {
    const tags = [{ system: 'urn:other', code: 'made-here' }, MADE_HERE];
    expect(refusalOfGuard({ ...wanted, resource: { ...FLAG, meta: { tag: tags } } }, undefined)).toMatchObject({
      status: 422,
      issues: [{ code: 'business-rule', expression: ['Flag.meta.tag[1]'] }],
    });
  });

  it('is refused under an id that is kept for measurements', () => {
    const id = `ms-1-${'0'.repeat(32)}`;
    expect(refusalOfGuard({ type: 'Observation', id, at: 'Observation' }, undefined)).toMatchObject({ status: 403 });
    expect(refusalOfGuard({ type: 'Patient', id, at: 'Patient' }, undefined)).toBeUndefined();
  });

  it('is let through for any other resource', () => {
    const other = {
      ...FLAG,
      meta: { tag: [{ system: MADE_HERE['system']!, code: 'x' }] },
      text: { div: 'urn:homeostat:tag' },
    };
    expect(refusalOfGuard({ ...wanted, resource: other }, stored(other))).toBeUndefined();
    expect(refusalOfGuard({ ...wanted, resource: FLAG }, stored({}, { deleted: true, content: '' }))).toBeUndefined();
  });
});
