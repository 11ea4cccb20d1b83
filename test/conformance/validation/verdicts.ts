import assert from 'node:assert/strict';
import { refused } from '../expectations.js';
import { requirements } from '../requirement.js';
import { observation, patient } from '../resources.js';
import { errorsOf, free, here, verdict, wrong } from './verdict.js';

export const VERDICTS = requirements('validation', 'VAL', [
  {
    id: 1,
    source: 'resource-operation-validate.html',
    title: 'a valid resource has no errors; $validate stores nothing',
    check: async (server) => {
      assert.deepEqual(await errorsOf(server, free({})), []);
    },
  },
  {
    id: 2,
    source: 'resource-operation-validate.html',
    title: '$validate takes Parameters with resource, mode and profile',
    check: async (server) => {
      const parameters = {
        resourceType: 'Parameters',
        parameter: [
          { name: 'mode', valueCode: 'create' },
          { name: 'resource', resource: free({ status: 'no-such' }) },
        ],
      };
      assert.ok((await errorsOf(server, parameters, 'Observation')).length > 0);
    },
  },
  {
    id: 3,
    source: 'conformance-rules.html#cardinality',
    title: 'cardinality: a required element is missing, a single one is an array',
    check: async (server) => {
      await wrong(server, free({ code: undefined }), /Observation\.code/);
      await wrong(server, free({ status: ['final'] }), /Observation\.status/);
    },
  },
  {
    id: 4,
    source: 'datatypes.html',
    title: 'dates that do not exist, decimals beyond a double, codes with spaces',
    check: async (server) => {
      await wrong(server, patient({ birthDate: '2026-02-30' }), /Patient\.birthDate/);
      await wrong(server, free({ effectiveDateTime: '2026-03-01T10:00:00' }), /effective/);
      refused(
        await server.post(
          '/Observation',
          '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1e999}}',
        ),
        [400, 422],
      );
      await wrong(server, patient({ gender: 'fe male' }), /Patient\.gender/);
    },
  },
  {
    id: 5,
    source: 'formats.html#choice',
    title: 'one type of a choice only',
    check: (server) => wrong(server, free({ valueString: 'x' }), /value/),
  },
  {
    id: 6,
    source: 'terminologies.html#required',
    title: 'required bindings, also of CodeableConcept and Coding',
    check: async (server) => {
      await wrong(server, patient({ gender: 'woman' }), /Patient\.gender/);
      const allergy = {
        resourceType: 'AllergyIntolerance',
        patient: { reference: (await here(server)).reference },
        clinicalStatus: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'gone' }],
        },
      };
      await wrong(server, allergy, /AllergyIntolerance\.clinicalStatus/);
    },
  },
  {
    id: 7,
    source: 'conformance-rules.html#constraints',
    title: 'FHIRPath invariants: obs-6, obs-7, pat-1, per-1, dom-2, ele-1',
    check: async (server) => {
      await wrong(server, free({ dataAbsentReason: { text: 'no' } }), /Observation/);
      await wrong(server, patient({ contact: [{ gender: 'male' }] }), /Patient\.contact/);
      await wrong(
        server,
        free({ effectiveDateTime: undefined, effectivePeriod: { start: '2026-03-02', end: '2026-03-01' } }),
        /effectivePeriod/,
      );
      const nested = { resourceType: 'Patient', id: 'a', contained: [{ resourceType: 'Patient', id: 'b' }] };
      await wrong(
        server,
        patient({ contained: [nested], link: [{ other: { reference: '#a' }, type: 'seealso' }] }),
        /contained/,
      );
      await wrong(server, patient({ name: [{}] }), /Patient\.name/);
    },
  },
  {
    id: 8,
    source: 'references.html',
    title: 'reference targets of a type that the element does not allow',
    check: async (server) => {
      await wrong(server, patient({ managingOrganization: { reference: 'Practitioner/1' } }), /managingOrganization/);
    },
  },
  {
    id: 9,
    source: 'profiling.html',
    title: 'vital signs: the profile that meta.profile claims is checked',
    check: async (server) => {
      const claim = { profile: ['http://hl7.org/fhir/StructureDefinition/heartrate'] };
      await wrong(server, free({ meta: claim, category: undefined }), /Observation/);
      const errors = (await verdict(server, observation((await here(server)).reference, { meta: claim }))).filter(
        (issue) => issue.severity === 'error',
      );
      assert.deepEqual(errors, []);
    },
  },
  {
    id: 10,
    source: 'profiling.html',
    title: 'US Core: a patient without a name breaks the profile it claims',
    check: async (server) => {
      const meta = { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'] };
      await wrong(server, patient({ meta }), /Patient/);
    },
  },
  {
    id: 11,
    source: 'resource.html#Meta',
    title: 'an unknown profile is a warning, not an error',
    check: async (server) => {
      const issues = await verdict(server, free({ meta: { profile: ['http://example.org/no-such-profile'] } }));
      assert.ok(issues.some((issue) => issue.severity === 'warning'));
      assert.ok(!issues.some((issue) => issue.severity === 'error'));
    },
  },
  {
    id: 12,
    source: 'narrative.html',
    title: 'active content in the narrative is refused with its place',
    check: async (server) => {
      const div = '<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></div>';
      await wrong(server, patient({ text: { status: 'generated', div } }), /Patient\.text/);
    },
  },
  {
    id: 13,
    source: 'bundle.html',
    title: 'resources inside a bundle are checked where they stand: entry.resource and response.outcome',
    check: async (server) => {
      const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'invalid' }] };
      const response = {
        resourceType: 'Bundle',
        type: 'batch-response',
        entry: [{ response: { status: '400', outcome } }],
      };
      const errors = (await verdict(server, response)).filter((issue) => issue.severity === 'error');
      assert.deepEqual(errors, []);
      const bad = { ...response, entry: [{ response: { status: '400', outcome: { ...outcome, issue: [{}] } } }] };
      const places = (await verdict(server, bad)).flatMap((issue) => issue.expression ?? []);
      assert.ok(
        places.some((place) => /outcome\.issue/.test(place)),
        places.join(', '),
      );
    },
  },
]);
