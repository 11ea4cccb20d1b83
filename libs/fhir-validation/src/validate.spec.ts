import { describe, expect, it } from '@jest/globals';
import type { Issue, Json, JsonObject } from '#libs/domain/fhir';
import { BAD, observation } from './bad-observations.fixture.js';
import { validate } from './index.js';

function validateResource(resource: Json): readonly Issue[] {
  return validate(resource).map(({ issue }) => issue);
}

describe('structure of a resource', () => {
  it('a valid observation has no issues', () => expect(validateResource(observation)).toEqual([]));

  it.each(BAD)('%s', (_, change, code, expression) => {
    const issues = validateResource(JSON.parse(JSON.stringify({ ...observation, ...change })) as JsonObject);
    expect(issues).toContainEqual(expect.objectContaining({ code, expression: [expression], severity: 'error' }));
  });

  it.each([
    ['id and extension of a primitive', { _status: { extension: [{ url: 'https://a.example', valueString: 'x' }] } }],
    [
      'a required primitive with only an extension',
      { status: undefined, _status: { extension: [{ url: 'https://a.example', valueCode: 'unknown' }] } },
    ],
    ['a contained resource', { contained: [{ resourceType: 'Patient', id: 'p' }], subject: { reference: '#p' } }],
    ['a leap day', { effectiveDateTime: '2024-02-29' }],
  ])('takes %s', (_, change) => {
    expect(validateResource(JSON.parse(JSON.stringify({ ...observation, ...change })) as JsonObject)).toEqual([]);
  });

  it.each([
    [null],
    [[]],
    ['x'],
    [1],
    [{}],
    [{ resourceType: 1 }],
    [{ resourceType: 'Observatory' }],
    [{ resourceType: 'constructor' }],
  ])('%j is no resource', (value) => expect(validateResource(value as never).length).toBeGreaterThan(0));

  it('names no value that was sent', () => {
    const issues = validateResource({ ...observation, status: 'Mrs Smith', 'Jane Doe': 1, subject: { reference: 7 } });
    expect(JSON.stringify(issues)).not.toMatch(/Smith|Jane|Doe/);
  });

  it('a body that is wrong everywhere gets a bounded answer', () => {
    const component = Array.from({ length: 5000 }, () => ({ bad: 1 }));
    expect(validateResource({ ...observation, component }).length).toBeLessThanOrEqual(100);
  });
});
