import { expect } from '@jest/globals';
import { TestFhirGateway, tokenOf, type Reply } from '../../../../test/support/fhir-gateway.js';

const LOINC = 'http://loinc.org';

const UCUM = 'http://unitsofmeasure.org';

const resources = [
  {
    resourceType: 'Patient',
    id: 'p1',
    meta: { tag: [{ system: 'urn:t', code: 'demo' }], profile: ['http://x.example/StructureDefinition/P'] },
    identifier: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
        system: 'urn:mrn',
        value: '12,3',
      },
    ],
    active: true,
    name: [{ family: 'Müller', given: ['Ána'] }],
    gender: 'female',
    birthDate: '1970-03-01',
    address: [{ city: 'Köln' }],
    telecom: [{ system: 'phone', value: '+49 1' }],
    generalPractitioner: [{ reference: 'Practitioner/d1' }, { identifier: { system: 'urn:lanr', value: '7' } }],
    managingOrganization: { reference: 'Organization/org' },
  },
  { resourceType: 'Patient', id: 'p2', name: [{ family: 'Smith_100%' }], gender: 'male', birthDate: '1980' },
  { resourceType: 'Patient', id: 'p3', active: false, name: [{ family: 'Smythe' }] },
  { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Doc' }] },
  { resourceType: 'Organization', id: 'org', name: 'St Mary', partOf: { reference: 'Organization/top' } },
  { resourceType: 'Organization', id: 'top', name: 'Trust' },
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: 'Patient/p1' },
    period: { start: '2020-01-01T10:00:00Z', end: '2020-01-03T10:00:00Z' },
  },
  observation('o1', '8867-4', '2020-01-01T10:00:00Z', { value: 70, unit: 'beats/min', system: UCUM, code: '/min' }),
  observation('o2', '8867-4', '2020-01-02T10:00:00Z', { value: 90, unit: 'beats/min', system: UCUM, code: '/min' }),
  observation('o3', '29463-7', '2020-01-03', { value: 70.5, unit: 'kg', system: UCUM, code: 'kg' }),
  {
    ...observation('bp', '85354-9', '2020-01-04T10:00:00Z'),
    component: [component('8480-6', 120), component('8462-4', 80)],
  },
];

function observation(id: string, code: string, at: string, valueQuantity?: object): object {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    code: { coding: [{ system: LOINC, code, display: id === 'o3' ? 'Body Weight' : 'Heart rate' }] },
    subject: { reference: 'Patient/p1' },
    encounter: { reference: 'Encounter/e1' },
    effectiveDateTime: at,
    ...(valueQuantity === undefined ? {} : { valueQuantity }),
  };
}

function component(code: string, value: number): object {
  return {
    code: { coding: [{ system: LOINC, code }] },
    valueQuantity: { value, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' },
  };
}

/** A gateway with these resources; those of its second tenant are the first five. */
export async function openSearched(): Promise<TestFhirGateway> {
  const gateway = await TestFhirGateway.open();
  for (const headers of [{}, { authorization: `Bearer ${tokenOf(2, 'system/*.cruds')}` }]) {
    const entry = resources
      .filter((_, at) => !('authorization' in headers) || at < 5)
      .map((resource) => ({
        resource,
        request: {
          method: 'PUT',
          url: `${(resource as { resourceType: string }).resourceType}/${(resource as { id: string }).id}`,
        },
      }));
    const reply = await gateway.send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry }, headers);
    expect(reply.status).toBe(200);
  }
  return gateway;
}

export function found(reply: Reply, mode = 'match'): string[] {
  const entries = (reply.json.entry ?? []) as { resource: { id: string }; search: { mode: string } }[];
  return entries.filter(({ search }) => search.mode === mode).map(({ resource }) => resource.id);
}
