import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestFhirGateway, tokenOf, type Reply } from '../../../../test/support/fhir-gateway.js';
import { found, openSearched } from './searched.fixture.js';

let gateway: TestFhirGateway;

beforeAll(async () => {
  gateway = await openSearched();
}, 60_000);
afterAll(() => gateway.close(), 60_000);

const LOINC = 'http://loinc.org';

const UCUM = 'http://unitsofmeasure.org';

async function search(query: string, headers = {}): Promise<Reply> {
  const reply = await gateway.send('GET', query, undefined, headers);
  expect([query, reply.status, reply.json.issue]).toEqual([query, 200, undefined]);
  return reply;
}

describe('a search finds', () => {
  it.each<[string, readonly string[]]>([
    ['/Patient', ['p1', 'p2', 'p3']],
    ['/Patient?_id=p1,p3,none', ['p1', 'p3']],
    ['/Patient?_tag=urn:t|demo', ['p1']],
    ['/Patient?_tag:not=urn:t|demo', ['p2', 'p3']],
    ['/Patient?_profile=http://x.example/StructureDefinition/P', ['p1']],
    ['/Patient?_profile:below=http://x.example', ['p1']],
    ['/Patient?_lastUpdated=gt2000', ['p1', 'p2', 'p3']],
    ['/Patient?_lastUpdated=lt2000', []],
    [String.raw`/Patient?identifier=urn:mrn|12\,3`, ['p1']],
    ['/Patient?identifier=urn:mrn|', ['p1']],
    [String.raw`/Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|12\,3`, ['p1']],
    [String.raw`/Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|SS|12\,3`, []],
    [String.raw`/Patient?identifier=|12\,3`, []],
    ['/Patient?name=mull', ['p1']],
    ['/Patient?name=ana', ['p1']],
    ['/Patient?name:exact=Müller', ['p1']],
    ['/Patient?name:exact=müller', []],
    ['/Patient?name:contains=m', ['p1', 'p2', 'p3']],
    ['/Patient?name:contains=_', ['p2']],
    ['/Patient?name:contains=%25', ['p2']],
    ['/Patient?name:contains=.*', []],
    [`/Patient?name=${encodeURIComponent("x' OR '1'='1")}`, []],
    ['/Patient?family=smith,smythe', ['p2', 'p3']],
    ['/Patient?address-city=koln', ['p1']],
    ['/Patient?gender=male', ['p2']],
    ['/Patient?gender:not=male', ['p1', 'p3']],
    ['/Patient?gender:missing=true', ['p3']],
    ['/Patient?birthdate=1970', ['p1']],
    ['/Patient?birthdate=ge1970-03-01&birthdate=lt1981', ['p1', 'p2']],
    ['/Patient?birthdate=1980-05', []],
    ['/Patient?birthdate:missing=true', ['p3']],
    ['/Patient?active=true', ['p1']],
    ['/Patient?phone=%2B49 1', ['p1']],
    ['/Patient?general-practitioner=Practitioner/d1', ['p1']],
    ['/Patient?general-practitioner=d1', ['p1']],
    ['/Patient?general-practitioner:identifier=urn:lanr|7', ['p1']],
    ['/Patient?organization.name=st', ['p1']],
    ['/Patient?general-practitioner:Practitioner.family=doc', ['p1']],
    ['/Patient?_has:Observation:patient:code=8867-4', ['p1']],
    ['/Patient?_has:Observation:subject:code=none', []],
    ['/Organization?partof=Organization/top', ['org']],
    ['/Observation?code=8867-4', ['o1', 'o2']],
    [`/Observation?code=${LOINC}|8867-4&date=ge2020-01-02`, ['o2']],
    ['/Observation?code:text=weight', ['o3']],
    ['/Observation?combo-code=8480-6', ['bp']],
    ['/Observation?patient=p1&_sort=-date', ['bp', 'o3', 'o2', 'o1']],
    ['/Observation?subject=Patient/p1&_sort=date&_count=10', ['o1', 'o2', 'o3', 'bp']],
    ['/Observation?patient=p2', []],
    ['/Observation?date=2020-01-03', ['o3']],
    ['/Observation?date=sa2020-01-02&date=eb2020-01-04', ['o3']],
    [`/Observation?value-quantity=70|${UCUM}|/min`, ['o1']],
    [`/Observation?value-quantity=gt70000|${UCUM}|g`, ['o3']],
    ['/Observation?value-quantity=70.5', ['o3']],
    ['/Observation?value-quantity=90||beats/min', ['o2']],
    ['/Observation?code-value-quantity=8867-4$gt80', ['o2']],
    ['/Observation?component-code-value-quantity=8480-6$gt100', ['bp']],
    ['/Observation?component-code-value-quantity=8462-4$gt100', []],
    ['/Observation?combo-code-value-quantity=8462-4$80', ['bp']],
    ['/Observation?patient.name=mull&code=8867-4', ['o1', 'o2']],
    ['/Observation?encounter.class=IMP&_sort=_id', ['bp', 'o1', 'o2', 'o3']],
    ['/Encounter?date=2020-01', ['e1']],
    ['/Encounter?date=ge2020-01-02', ['e1']],
    ['/Patient/p1/Observation?code=8867-4', ['o1', 'o2']],
    ['/Patient/p1/Encounter', ['e1']],
    ['/Patient/p2/Observation', []],
    ['/?_type=Encounter,Practitioner', ['d1', 'e1']],
    ['/Patient?_sort=-family&_elements=name', ['p3', 'p2', 'p1']],
    ['/Patient?_sort=gender,-_id', ['p3', 'p1', 'p2']],
  ])('%s', async (query, ids) => {
    const reply = await search(query);
    const expected = query.includes('_sort') ? ids : [...ids].sort();
    expect(query.includes('_sort') ? found(reply) : found(reply).sort()).toEqual(expected);
    expect(reply.json.total).toBe(ids.length);
  });

  it('the whole compartment of a patient, of the types that the client may search', async () => {
    const all = await search('/Patient/p1/*');
    expect(found(all).sort()).toEqual(['bp', 'e1', 'o1', 'o2', 'o3', 'p1']);
    const some = await search('/Patient/p1/*', { authorization: `Bearer ${tokenOf(1, 'system/Encounter.s')}` });
    expect(found(some)).toEqual(['e1']);
  });

  it('nothing of another tenant', async () => {
    const other = { authorization: `Bearer ${tokenOf(2, 'system/*.cruds')}` };
    expect(found(await search('/Observation', other))).toEqual([]);
    expect(found(await search('/Patient?_has:Observation:patient:code=8867-4', other))).toEqual([]);
  });
});

describe('the page', () => {
  it('says what was searched, and how each entry came into it', async () => {
    const reply = await search('/Observation?code=8867-4&unknown=1&_count=1&_sort=date&_total=accurate');
    const { link, total, type } = reply.json;
    expect([type, total]).toEqual(['searchset', 2]);
    expect(link[0]).toEqual({
      relation: 'self',
      url: `${gateway.url}/fhir/r4/Observation?code=8867-4&_count=1&_sort=date&_total=accurate`,
    });
    expect(reply.json.entry[0]).toMatchObject({
      fullUrl: `${gateway.url}/fhir/r4/Observation/o1`,
      resource: { id: 'o1' },
      search: { mode: 'match' },
    });
    const next = link[1].url.slice(`${gateway.url}/fhir/r4`.length);
    const second = await search(next);
    expect(found(second)).toEqual(['o2']);
    expect(second.json.link).toHaveLength(1);
  });

  it('has what is included, once, and what refers', async () => {
    const reply = await search('/Observation?code=8867-4&_include=Observation:subject&_include=Observation:encounter');
    expect(found(reply, 'include').sort()).toEqual(['e1', 'p1']);
    const iterated = await search('/Patient?_id=p1&_include=Patient:organization&_include:iterate=Organization:partof');
    expect(found(iterated, 'include').sort()).toEqual(['org', 'top']);
    const reverse = await search('/Patient?_id=p1&_revinclude=Observation:patient&_revinclude=Encounter:*');
    expect(found(reverse, 'include').sort()).toEqual(['bp', 'e1', 'o1', 'o2', 'o3']);
    const scoped = { authorization: `Bearer ${tokenOf(1, 'system/Observation.rs')}` };
    expect(found(await search('/Observation?code=8867-4&_include=*', scoped), 'include')).toEqual([]);
  });

  it('has a number only where only that is asked for', async () => {
    for (const query of ['/Observation?_summary=count', '/Observation?_count=0']) {
      const { json } = await search(query);
      expect([json.total, json.entry]).toEqual([4, undefined]);
    }
  });

  it('shows parts of resources, marked', async () => {
    const { json } = await search('/Patient?_id=p1&_elements=birthDate');
    expect(Object.keys(json.entry[0].resource)).toEqual(['resourceType', 'id', 'meta', 'active', 'birthDate']);
    expect(json.entry[0].resource.meta.tag).toContainEqual(expect.objectContaining({ code: 'SUBSETTED' }));
  });

  it('is the same by a form, whose parameters go with those of the URL', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await gateway.send('POST', '/Observation/_search?code=8867-4', 'date=ge2020-01-02', headers);
    expect([reply.status, found(reply)]).toEqual([200, ['o2']]);
    expect(reply.json.link[0].url).toBe(`${gateway.url}/fhir/r4/Observation?code=8867-4&date=ge2020-01-02`);
    const system = await gateway.send('POST', '/_search', '_type=Practitioner', headers);
    expect(found(system)).toEqual(['d1']);
    const inside = await gateway.send('POST', '/Patient/p1/Encounter/_search', 'status=finished', headers);
    expect(found(inside)).toEqual(['e1']);
  });

  it('answers HEAD without a body', async () => {
    const reply = await gateway.send('HEAD', '/Observation?code=8867-4');
    expect([reply.status, reply.text]).toEqual([200, '']);
  });
});

it('reads show parts of a resource, too', async () => {
  const { json } = await gateway.send('GET', '/Patient/p1?_elements=birthDate');
  expect(Object.keys(json)).toEqual(['resourceType', 'id', 'meta', 'active', 'birthDate']);
  expect((await gateway.send('GET', '/Patient/p1?_summary=count')).status).toBe(400);
});
