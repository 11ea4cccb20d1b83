import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/domain/fhir';
import { mutantsOf, OPERATION_NAMES, seededPick } from './mutations.js';

const PATIENT: JsonObject = {
  resourceType: 'Patient',
  id: 'a',
  active: true,
  multipleBirthInteger: 2,
  name: [{ family: 'A', given: ['B'] }],
};

describe('mutants of a resource', () => {
  const mutants = mutantsOf(PATIENT, 2000, seededPick(1));

  it('differ from it in one place, and have its type and id', () => {
    for (const { resource } of mutants) {
      expect(JSON.stringify(resource)).not.toBe(JSON.stringify(PATIENT));
      expect([resource['resourceType'], resource['id']]).toEqual(['Patient', 'a']);
    }
    expect(PATIENT['name']).toEqual([{ family: 'A', given: ['B'] }]);
  });

  it('are of every kind, and the same in every run', () => {
    expect(new Set(mutants.map(({ operation }) => operation))).toEqual(new Set(OPERATION_NAMES));
    const few = mutantsOf(PATIENT, 50, seededPick(1));
    expect(few.length).toBeGreaterThan(30);
    expect(few).toEqual(mutants.slice(0, few.length));
    expect(mutantsOf(PATIENT, 50, seededPick(2))).not.toEqual(few);
  });
});
