import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/domain/fhir';
import { MAX_ISSUES, validate } from '../index.js';

const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
const condition = {
  resourceType: 'Condition',
  subject: { reference: 'Patient/p' },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
  },
};
const status = (...coding: object[]): object => ({ ...condition, clinicalStatus: { coding } });
const within = (...contained: object[]): object => ({ ...observation, subject: { reference: '#p' }, contained });
const inside = { resourceType: 'Patient', id: 'p' };

function said(resource: object, advice = false): readonly string[] {
  return validate(JSON.parse(JSON.stringify(resource)) as JsonObject, { advice }).map(({ issue, weight }) =>
    [weight, issue.code, ...(issue.expression ?? [])].join(' '),
  );
}

describe('required bindings', () => {
  it.each([
    ['a concept', condition],
    ['a concept with other codings, too', status({ code: 'x' }, condition.clinicalStatus.coding[0] as object)],
    ['a MIME type', { resourceType: 'Binary', contentType: 'text/plain; charset=UTF-8' }],
    ['a language', { ...observation, language: 'de-CH-1996' }],
    ['a currency', { resourceType: 'Invoice', status: 'issued', totalNet: { value: 1, currency: 'EUR' } }],
  ])('hold for %s', (_, resource) => expect(said(resource)).toEqual([]));

  it.each([
    ['a concept', status({ ...condition.clinicalStatus.coding[0], code: 'better' }), 'Condition.clinicalStatus'],
    ['a concept of another system', status({ system: 'http://a.example', code: 'active' }), 'Condition.clinicalStatus'],
    ['a concept without a system', status({ code: 'active' }), 'Condition.clinicalStatus'],
    ['a text', { ...condition, clinicalStatus: { text: 'active' } }, 'Condition.clinicalStatus'],
    ['a MIME type', { resourceType: 'Binary', contentType: 'plain' }, 'Binary.contentType'],
    ['a language', { ...observation, language: 'english please' }, 'Observation.language'],
    [
      'a currency',
      { resourceType: 'Invoice', status: 'issued', totalNet: { value: 1, currency: 'DOLLARS' } },
      'Invoice.totalNet.currency',
    ],
  ])('refuse %s', (_, resource, place) => expect(said(resource)).toEqual([`rule code-invalid ${place}`]));
});

describe('references', () => {
  it.each([
    [{ reference: 'Patient/p' }],
    [{ reference: 'https://a.example/fhir/Group/g/_history/3', type: 'Group' }],
    [{ reference: 'Patient?identifier=http://a.example|1' }],
    [{ reference: 'urn:uuid:0c4c5a1e-1f0e-4f5e-9d0c-1b2c3d4e5f60' }],
    [{ reference: 'https://a.example/what/ever' }],
    [{ type: 'Device', identifier: { value: 'x' } }],
    [{ display: 'x' }],
  ])('%j may be a subject', (subject) => expect(said({ ...observation, subject })).toEqual([]));

  it.each([
    [{ reference: 'Practitioner/p' }, 'rule value Observation.subject.reference'],
    [{ reference: 'https://a.example/fhir/Medication/m' }, 'rule value Observation.subject.reference'],
    [{ reference: 'Nothing/1' }, 'rule value Observation.subject.reference'],
    [{ reference: 'Patient/p', type: 'Group' }, 'rule value Observation.subject.type'],
    [{ type: 'Practitioner', display: 'x' }, 'rule value Observation.subject.type'],
    [{ type: 'Nothing', display: 'x' }, 'rule value Observation.subject.type'],
    [{ reference: '#nobody' }, 'rule invariant Observation.subject.reference'],
  ])('%j may not', (subject, issue) => expect(said({ ...observation, subject })).toEqual([issue]));
});

describe('contained resources', () => {
  it.each([
    ['that are referred to', within(inside)],
    [
      'that refer to what contains them',
      { ...within(inside, { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: '#' } }) },
    ],
  ])('may stand %s', (_, resource) => expect(said(resource)).toEqual([]));

  it.each([
    [
      'that nobody refers to (dom-3)',
      { ...within(inside), subject: undefined },
      'rule invariant Observation.contained[0]',
    ],
    [
      'that contain others (dom-2)',
      within({ ...inside, contained: [] }),
      'rule invariant Observation.contained[0].contained',
    ],
    [
      'with a version (dom-4)',
      within({ ...inside, meta: { versionId: '1' } }),
      'rule invariant Observation.contained[0].meta.versionId',
    ],
    [
      'with security labels (dom-5)',
      within({ ...inside, meta: { security: [{ code: 'x' }] } }),
      'rule invariant Observation.contained[0].meta.security',
    ],
    ['with one id', within(inside, inside), 'rule invalid Observation.contained[1].id'],
    [
      'of the wrong type',
      within({ resourceType: 'Basic', id: 'p', code: { text: 'x' } }),
      'rule value Observation.subject.reference',
    ],
  ])('may not stand %s', (_, resource, issue) => expect(said(resource)).toContain(issue));
});

describe('invariants', () => {
  it.each([
    [
      'obs-7',
      {
        ...observation,
        valueString: 'x',
        code: { coding: [{ code: 'a' }] },
        component: [{ code: { coding: [{ code: 'a' }] } }],
      },
      'Observation',
    ],
    ['ele-1', { ...observation, bodySite: { id: 'x' } }, 'Observation.bodySite'],
    ['ele-1', { ...observation, _effectiveDateTime: { id: 'x' } }, 'Observation.effectiveDateTime'],
    ['obs-3', { ...observation, referenceRange: [{ type: { text: 'x' } }] }, 'Observation.referenceRange[0]'],
    [
      'per-1',
      { ...observation, effectivePeriod: { start: '2026-03', end: '2026-02-27' } },
      'Observation.effectivePeriod',
    ],
    ['rng-2', { ...observation, valueRange: { low: { value: 2 }, high: { value: 1 } } }, 'Observation.valueRange'],
    ['sqty-1', { ...observation, valueRange: { low: { value: 2, comparator: '<' } } }, 'Observation.valueRange.low'],
    ['pat-1', { resourceType: 'Patient', contact: [{ gender: 'male' }] }, 'Patient.contact[0]'],
    ['cpt-2', { resourceType: 'Patient', telecom: [{ value: 'x' }] }, 'Patient.telecom[0]'],
    ['org-2', { resourceType: 'Organization', name: 'x', address: [{ use: 'home' }] }, 'Organization.address[0]'],
    [
      'bdl-7',
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { fullUrl: 'urn:a', resource: inside },
          { fullUrl: 'urn:a', resource: inside },
        ],
      },
      'Bundle',
    ],
    [
      'que-2',
      {
        resourceType: 'Questionnaire',
        status: 'draft',
        item: [{ linkId: '1', type: 'group', item: [{ linkId: '1', type: 'display' }] }],
      },
      'Questionnaire',
    ],
  ])('%s', (key, resource, place) => {
    const issues = validate(JSON.parse(JSON.stringify(resource)) as JsonObject).map(({ issue }) => issue);
    expect(issues).toEqual([
      expect.objectContaining({
        code: 'invariant',
        expression: [place],
        diagnostics: expect.stringContaining(`(${key})`),
      }),
    ]);
  });

  it.each([
    [
      'a period of partial dates that overlap',
      { ...observation, effectivePeriod: { start: '2026-02-15', end: '2026-02' } },
    ],
    ['a primitive that has an id', { ...observation, effectiveDateTime: '2026', _effectiveDateTime: { id: 'x' } }],
    [
      'a primitive with only an extension',
      {
        ...observation,
        effectivePeriod: { start: '2026', _end: { extension: [{ url: 'http://a.example', valueCode: 'x' }] } },
      },
    ],
  ])('leave %s alone', (_, resource) => {
    expect(said(resource)).toEqual([]);
  });

  it('that warn are evaluated when they are asked for', () => {
    expect(said(observation)).toEqual([]);
    expect(said(observation, true)).toEqual(['advice invariant Observation']);
  });
});

describe('resources inside of others', () => {
  it.each([
    [
      {
        resourceType: 'Bundle',
        type: 'batch-response',
        entry: [
          {
            response: {
              status: '400',
              outcome: { resourceType: 'OperationOutcome', issue: [{ severity: 'loud', code: 'value' }] },
            },
          },
        ],
      },
      'Bundle.entry[0].response.outcome.issue[0].severity',
    ],
    [
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { ...observation, status: 'x' } }] },
      'Bundle.entry[0].resource.status',
    ],
    [
      { resourceType: 'Parameters', parameter: [{ name: 'x', resource: { ...observation, status: 'x' } }] },
      'Parameters.parameter[0].resource.status',
    ],
    [
      {
        resourceType: 'Parameters',
        parameter: [{ name: 'x', part: [{ name: 'y', resource: { ...observation, status: 'x' } }] }],
      },
      'Parameters.parameter[0].part[0].resource.status',
    ],
  ])('are checked at their place', (resource, place) => expect(said(resource)).toEqual([`rule code-invalid ${place}`]));

  it('must be of the type that may stand there', () => {
    const entry = [{ response: { status: '200', outcome: { resourceType: 'Patient' } } }];
    expect(said({ resourceType: 'Bundle', type: 'batch-response', entry })).toEqual([
      'structure structure Bundle.entry[0].response.outcome.resourceType',
    ]);
  });
});

describe('a body that is wrong everywhere', () => {
  it('gets a bounded answer, with what weighs most', () => {
    const component = Array.from({ length: 5_000 }, () => ({ code: {}, referenceRange: [{ type: { text: 'x' } }] }));
    const issues = validate(
      { ...observation, component, colour: 'red', meta: { profile: Array(500).fill('http://a.example') } },
      { advice: true },
    );
    expect(issues.length).toBe(MAX_ISSUES);
    expect(issues.every(({ weight }) => weight === 'structure')).toBe(true);
  });
});
