import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RESOURCE_TYPES } from '#libs/domain/fhir';
import { compartmentParameters, searchParameters } from './search-parameters.js';

describe('search parameters of R4', () => {
  it('the checked-in table is what the definitions give today', () => {
    const folder = mkdtempSync(join(tmpdir(), 'homeostat-search-'));
    const made = join(folder, 'definitions.generated.ts');
    execFileSync(process.execPath, ['tools/generate-search-parameters.ts', made]);
    const fresh = readFileSync(made, 'utf8');
    rmSync(folder, { recursive: true });
    expect(readFileSync('libs/fhir-search/src/definitions/definitions.generated.ts', 'utf8') === fresh).toBe(true);
  });

  it('splits unions by type', () => {
    expect(searchParameters('Observation').get('code')).toMatchObject({
      type: 'token',
      expression: 'Observation.code',
    });
    expect(searchParameters('InsurancePlan').get('name')?.expression).toBe('InsurancePlan.name | InsurancePlan.alias');
    expect(searchParameters('Patient').get('gender')?.systems).toEqual(['http://hl7.org/fhir/administrative-gender']);
    expect(searchParameters('Condition').get('patient')?.targets).toEqual(['Patient']);
  });

  it.each(['constructor', '__proto__', 'toString', 'patient', ''])('knows no type %p', (type) => {
    expect(searchParameters(type).size).toBe(0);
    expect(compartmentParameters(type)).toBeUndefined();
  });

  it('names reference parameters of the type by which it is in a compartment', () => {
    const named = RESOURCE_TYPES.flatMap((type) => (compartmentParameters(type) ?? []).map((code) => ({ type, code })));
    expect(named.length).toBeGreaterThan(80);
    const wrong = named.filter(({ type, code }) => searchParameters(type).get(code)?.type !== 'reference');
    expect(wrong).toEqual([]);
    expect(compartmentParameters('Observation')).toEqual(['subject', 'performer']);
    expect(compartmentParameters('Organization')).toBeUndefined();
  });
});
