import assert from 'node:assert/strict';
import { status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { observation, patient } from '../resources.js';
import type { Any } from '../server.js';
import { errorsOf, free, here, LOINC, right, UCUM, wrong } from './verdict.js';

function component(code: string, value: number): Any {
  return {
    code: { coding: [{ system: LOINC, code }] },
    valueQuantity: { value, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' },
  };
}

export const SHAPES = requirements('validation', 'VAL', [
  {
    id: 14,
    source: 'profiling.html#slicing',
    title: 'slices: a blood pressure that claims the profile has a systolic and a diastolic component',
    check: async (server) => {
      const { reference } = await here(server);
      const pressure = (more: Any): Any =>
        observation(reference, {
          meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bp'] },
          code: { coding: [{ system: LOINC, code: '85354-9' }] },
          valueQuantity: undefined,
          component: [component('8480-6', 120), component('8462-4', 80)],
          ...more,
        });
      await right(server, pressure({}));
      await wrong(server, pressure({ component: [component('8480-6', 120)] }), /Observation/);
      const otherUnit = {
        ...component('8462-4', 80),
        valueQuantity: { value: 10, unit: 'kPa', system: UCUM, code: 'kPa' },
      };
      await wrong(server, pressure({ component: [component('8480-6', 120), otherUnit] }), /component/);
    },
  },
  {
    id: 15,
    source: 'resource-operation-validate.html',
    title: '$validate against a named profile that the resource does not claim; of a stored instance',
    check: async (server) => {
      const profile = 'http://hl7.org/fhir/StructureDefinition/heartrate';
      const other = free({ code: { coding: [{ system: LOINC, code: '8310-5' }] } });
      const parameters = {
        resourceType: 'Parameters',
        parameter: [
          { name: 'resource', resource: other },
          { name: 'profile', valueUri: profile },
        ],
      };
      assert.ok((await errorsOf(server, parameters, 'Observation')).length > 0);
      await right(server, other);
      const { id } = await server.made(free({}));
      const answer = await server.get(`/Observation/${id}/$validate`);
      status(answer, 200);
      assert.equal(answer.body.resourceType, 'OperationOutcome');
    },
  },
  {
    id: 16,
    source: 'json.html',
    title: 'elements that R4 does not know, empty objects, arrays and texts, nulls',
    check: async (server) => {
      await wrong(server, free({ colour: 'red' }), /Observation/);
      await wrong(server, patient({ name: [] }), /Patient\.name/);
      await wrong(server, patient({ gender: '' }), /Patient\.gender/);
      await wrong(server, patient({ maritalStatus: {} }), /Patient\.maritalStatus/);
      await wrong(server, patient({ birthDate: null }), /Patient\.birthDate/);
    },
  },
  {
    id: 17,
    source: 'references.html#contained',
    title: 'a contained resource is referred to, and what #x refers to is contained',
    check: async (server) => {
      const contained = [{ resourceType: 'Organization', id: 'org', name: 'St Mary' }];
      await right(server, patient({ contained, managingOrganization: { reference: '#org' } }));
      await wrong(server, patient({ contained }), /Patient/);
      await wrong(server, patient({ managingOrganization: { reference: '#org' } }), /managingOrganization/);
    },
  },
  {
    id: 18,
    source: 'extensibility.html',
    title: 'extensions of primitives stand without a value; an extension has a value or extensions',
    check: async (server) => {
      const absent = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
      await right(server, patient({ _birthDate: { extension: [{ url: absent, valueCode: 'unknown' }] } }));
      await right(server, patient({ extension: [{ url: 'http://example.org/x', valueString: 'y' }] }));
      await wrong(server, patient({ extension: [{ url: 'http://example.org/x' }] }), /extension/);
      await wrong(server, patient({ extension: [{ valueString: 'y' }] }), /extension/);
    },
  },
]);
