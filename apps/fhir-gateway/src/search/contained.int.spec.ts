import { beforeAll, describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import { reindexSome } from '#libs/platform/storage';
import { TestFhirGateway, tokenOf, type Reply } from '../../../../test/support/fhir-gateway.js';

const DRUGS = 'http://example.org/medications';
const gateway = ofSuite(() => TestFhirGateway.open(4));

/** A prescription of a mixture that stands in it, for a person who stands in it, too. */
function prescription(id: string, code: string, family: string, more: object = {}): object {
  return {
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    contained: [
      {
        resourceType: 'Medication',
        id: 'mixture',
        code: { coding: [{ system: DRUGS, code: 'mixture', display: 'Own mixture' }] },
        ingredient: [{ itemCodeableConcept: { coding: [{ system: DRUGS, code }] } }],
      },
      { resourceType: 'Patient', id: 'who', name: [{ family }], birthDate: '1980-05-01', gender: 'female' },
    ],
    medicationReference: { reference: '#mixture' },
    subject: { reference: '#who' },
    ...more,
  };
}

async function put(resource: object, headers = {}): Promise<void> {
  const { resourceType, id } = resource as { resourceType: string; id: string };
  const reply = await gateway.send('PUT', `/${resourceType}/${id}`, resource, headers);
  expect([reply.status, reply.json?.issue]).toEqual([reply.status < 300 ? reply.status : 200, undefined]);
}

beforeAll(async () => {
  await put({ resourceType: 'Patient', id: 'p1', name: [{ family: 'Taylor' }], birthDate: '1960-01-01' });
  await put({
    resourceType: 'Medication',
    id: 'm1',
    ingredient: [{ itemCodeableConcept: { coding: [{ system: DRUGS, code: 'abc' }] } }],
  });
  await put(prescription('inside', 'abc', 'Taylor'));
  await put(prescription('other', 'xyz', 'Windsor'));
  await put({
    ...prescription('beside', '', ''),
    contained: undefined,
    medicationReference: { reference: 'Medication/m1' },
    subject: { reference: 'Patient/p1' },
  });
  await put(prescription('foreign', 'abc', 'Taylor'), { authorization: `Bearer ${tokenOf(2, 'system/*.cruds')}` });
}, 60_000);

async function idsOf(query: string, ...scopes: readonly string[]): Promise<string[]> {
  const headers = scopes.length === 0 ? {} : { authorization: `Bearer ${tokenOf(1, ...scopes)}` };
  const reply: Reply = await gateway.send('GET', query, undefined, headers);
  expect([query, reply.status]).toEqual([query, 200]);
  return ((reply.json.entry ?? []) as { resource: { id: string } }[]).map(({ resource }) => resource.id).sort();
}

describe('a chain looks into contained resources as into others', () => {
  it.each<[string, readonly string[]]>([
    ['medication.ingredient-code=abc', ['beside', 'inside']],
    [`medication:Medication.ingredient-code=${DRUGS}|xyz`, ['other']],
    ['medication.code:text=mixture', ['inside', 'other']],
    ['subject:Patient.name=taylor', ['beside', 'inside']],
    ['patient.name:exact=Taylor', ['beside', 'inside']],
    ['patient.name:contains=ind', ['other']],
    ['patient.birthdate=ge1970', ['inside', 'other']],
    ['subject:Patient.birthdate=1980-05', ['inside', 'other']],
    ['patient.gender:missing=true', ['beside']],
    ['patient.name=nobody', []],
    ['patient.name=taylor&medication.ingredient-code=xyz', []],
    // The id and the time of what is contained are none of the server's.
    ['patient._id=who', []],
    ['patient._lastUpdated=gt2000', ['beside']],
    ['subject:missing=true', []],
    ['medication=Medication/m1', ['beside']],
  ])('MedicationRequest?%s', async (query, ids) => {
    expect(await idsOf(`/MedicationRequest?${query}`)).toEqual(ids);
    expect((await gateway.send('GET', `/MedicationRequest?${query}&_summary=count`)).json.total).toBe(ids.length);
  });

  it('without what they contain being found by itself, or by what refers to it', async () => {
    expect(await idsOf('/Medication?ingredient-code=abc')).toEqual(['m1']);
    expect(await idsOf('/Patient?name=taylor')).toEqual(['p1']);
    expect(await idsOf('/Patient?_has:MedicationRequest:patient:status=active')).toEqual(['p1']);
    expect(await idsOf('/?_type=Patient,Medication')).toEqual(['m1', 'p1']);
    const both = await gateway.send('GET', '/Patient?_contained=both');
    expect([both.status, both.json.issue[0].code]).toEqual([400, 'not-supported']);
  });

  it('for whom may see the resource they are in: with it they see all of it', async () => {
    const scopes = ['system/MedicationRequest.rs', 'system/Patient.rs?gender=male'];
    expect(await idsOf('/MedicationRequest?patient.name=taylor', ...scopes)).toEqual(['inside']);
    const others = ['system/MedicationRequest.rs?intent=plan', 'system/Patient.rs'];
    expect(await idsOf('/MedicationRequest?patient.name=taylor', ...others)).toEqual([]);
  });
});

describe('the index of what is contained', () => {
  it('goes with the version of the resource it is in', async () => {
    await put(prescription('changing', 'first', 'Before'));
    await put(prescription('changing', 'second', 'After'));
    expect(await idsOf('/MedicationRequest?medication.ingredient-code=first')).toEqual([]);
    expect(await idsOf('/MedicationRequest?patient.name=before')).toEqual([]);
    expect(await idsOf('/MedicationRequest?patient.name=after')).toEqual(['changing']);
    await gateway.send('DELETE', '/MedicationRequest/changing');
    const { rows } = await gateway.pool.query(
      `SELECT s.id FROM fhir_search s WHERE s.id LIKE '%changing' UNION ALL
       SELECT text FROM fhir_search_values WHERE text IN ('before', 'after')`,
    );
    expect(rows).toEqual([]);
  });

  it('is made anew with that of the resource', async () => {
    await put(prescription('older', 'aged', 'Older'));
    await gateway.pool.query(`DELETE FROM fhir_search WHERE type < 0 AND id = 'MedicationRequest/older'`);
    expect(await idsOf('/MedicationRequest?medication.ingredient-code=aged')).toEqual([]);
    await gateway.pool.query(`UPDATE fhir_resources SET search_version = NULL WHERE content LIKE '%"contained"%'`);
    expect(await reindexSome(gateway.pool, 100)).toBeGreaterThan(2);
    expect(await idsOf('/MedicationRequest?medication.ingredient-code=aged')).toEqual(['older']);
    expect(await idsOf('/MedicationRequest?patient.name=taylor')).toEqual(['beside', 'inside']);
  });

  it('is searched by conditional interactions', async () => {
    const headers = { 'if-none-exist': 'medication.ingredient-code=xyz' };
    const another = { ...prescription('', 'xyz', 'X'), id: undefined };
    const reply = await gateway.send('POST', '/MedicationRequest', another, headers);
    expect([reply.status, reply.headers.get('location')]).toEqual([200, expect.stringContaining('/other')]);
  });
});
