import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestFhirGateway, tokenOf, type Reply } from '../../../../test/support/fhir-gateway.js';

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
let gateway: TestFhirGateway;

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

beforeAll(async () => {
  gateway = await TestFhirGateway.open();
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
}, 60_000);
afterAll(() => gateway.close(), 60_000);

function found(reply: Reply, mode = 'match'): string[] {
  const entries = (reply.json.entry ?? []) as { resource: { id: string }; search: { mode: string } }[];
  return entries.filter(({ search }) => search.mode === mode).map(({ resource }) => resource.id);
}

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

describe('operations', () => {
  it('$everything: the compartment, what it refers to outside, page by page', async () => {
    const all = await search('/Patient/p1/$everything');
    expect(found(all).sort()).toEqual(['bp', 'e1', 'o1', 'o2', 'o3', 'p1']);
    expect(found(all, 'include').sort()).toEqual(['d1', 'org']);
    expect(found(await search('/Patient/p1/$everything?_type=Encounter,Observation&_since=2000')).sort()).toEqual([
      'bp',
      'e1',
      'o1',
      'o2',
      'o3',
    ]);
    expect(found(await search('/Patient/p1/$everything?_since=2999-01-01'))).toEqual([]);
    const seen: string[] = [];
    let next: string | undefined = '/Patient/p1/$everything?_count=4';
    while (next !== undefined) {
      const page: Reply = await search(next);
      seen.push(...found(page));
      const link = (page.json.link as { relation: string; url: string }[]).find(({ relation }) => relation === 'next');
      next = link?.url.slice(`${gateway.url}/fhir/r4`.length);
    }
    expect(seen.sort()).toEqual(found(all).sort());
    const parameters = { resourceType: 'Parameters', parameter: [{ name: '_type', valueCode: 'Encounter' }] };
    const asked = await gateway.send('POST', '/Patient/p1/$everything', parameters);
    expect(found(asked)).toEqual(['e1']);
    expect((await gateway.send('GET', '/Patient/none/$everything')).status).toBe(404);
    expect((await gateway.send('GET', '/Patient/p1/$everything?x=1')).status).toBe(400);
    expect((await gateway.send('GET', '/Encounter/e1/$everything')).status).toBe(400);
  });

  it('$lastn: the newest of each code', async () => {
    expect(found(await search('/Observation/$lastn?patient=p1&category=vital-signs'))).toEqual(['bp', 'o3', 'o2']);
    expect(found(await search('/Observation/$lastn?patient=Patient/p1&code=8867-4&max=3'))).toEqual(['o2', 'o1']);
    const parameter = [
      { name: 'subject', valueString: 'Patient/p1' },
      { name: 'max', valuePositiveInt: 2 },
    ];
    const asked = await gateway.send('POST', '/Observation/$lastn', { resourceType: 'Parameters', parameter });
    expect(found(asked)).toEqual(['bp', 'o3', 'o2', 'o1']);
    for (const query of ['code=8867-4', 'patient=p1&max=0', 'patient=p1&nonsense=1'])
      expect((await gateway.send('GET', `/Observation/$lastn?${query}`)).status).toBe(400);
  });
});

describe('what is refused, with its place', () => {
  it.each<[string, string, string, Record<string, string>?]>([
    ['/Patient?unknown=1', 'not-supported', 'http.unknown', { prefer: 'handling=strict' }],
    ['/Patient?birthdate=2026-02-30', 'value', 'http.birthdate'],
    ['/Patient?_count=-1', 'value', 'http._count'],
    ['/Patient?_cursor=nonsense!', 'value', 'http._cursor'],
    ['/Patient?_cursor=WyIxIl0x', 'value', 'http._cursor'],
    ['/Patient?_cursor=WyJhIl0', 'value', 'http._cursor'],
    ['/Patient?_sort=identifier', 'not-supported', 'http._sort'],
    ['/', 'required', 'http._type'],
    ['/?_type=Nonsense', 'value', 'http._type'],
    ['/Patient/p1/Organization', 'not-supported', 'Organization'],
    ['/Encounter/e1/Observation', 'not-supported', 'Encounter'],
  ])('%s: %s at %s', async (query, code, expression, headers = {}) => {
    const { status, json } = await gateway.send('GET', query, undefined, headers);
    expect([status, json.issue[0].code, json.issue[0].expression]).toEqual([400, code, [expression]]);
  });

  it.each([
    ['/Observation?code=1', 'system/Patient.rs'],
    ['/Patient?_has:Observation:patient:code=1', 'system/Patient.rs'],
    ['/Observation?patient.name=x', 'system/Observation.rs'],
    ['/?_type=Patient,Observation', 'system/Patient.rs'],
  ])('%s with %s', async (query, scope) => {
    const headers = { authorization: `Bearer ${tokenOf(1, scope)}` };
    expect((await gateway.send('GET', query, undefined, headers)).status).toBe(403);
  });
});

it('finds what a scope with a restriction shows, also by chains and in what is included', async () => {
  const scopes = ['system/Observation.rs?code=8867-4', 'system/Patient.rs'];
  const headers = { authorization: `Bearer ${tokenOf(1, ...scopes)}` };
  expect(found(await search('/Observation?_sort=_id', headers))).toEqual(['o1', 'o2']);
  expect(found(await search('/Observation?code=85354-9', headers))).toEqual([]);
  expect(found(await search('/Patient?_has:Observation:patient:code=85354-9', headers))).toEqual([]);
  expect(found(await search('/Patient?_id=p1&_revinclude=Observation:patient', headers), 'include')).toEqual([
    'o1',
    'o2',
  ]);
});

describe('pages while others write', () => {
  it('neither miss nor double what matches all the time', async () => {
    const family = 'Paged';
    const patient = (at: number, more = {}): object => ({
      resourceType: 'Patient',
      id: `w${at}`,
      name: [{ family: `${family}${at % 7}` }],
      ...more,
    });
    const put = (body: object): Promise<Reply> => gateway.send('PUT', `/Patient/${(body as { id: string }).id}`, body);
    for (let at = 0; at < 60; at++) await put(patient(at));
    const sorts = ['', 'family', '-family,_id', '-_id', '-_lastUpdated', '_lastUpdated', 'family,-_lastUpdated'];
    for (const sort of sorts.map((one) => (one === '' ? '' : `&_sort=${one}`))) {
      let next: string | undefined = `/Patient?name=paged&_count=7${sort}`;
      const seen: string[] = [];
      let turn = 0;
      while (next !== undefined) {
        const reply: Reply = await search(next);
        seen.push(...found(reply));
        const link = (reply.json.link as { relation: string; url: string }[]).find(
          ({ relation }) => relation === 'next',
        );
        next = link?.url.slice(`${gateway.url}/fhir/r4`.length);
        turn++;
        await Promise.all([
          put(patient(100 + turn)),
          put(patient(turn % 60, { active: turn % 2 === 0 })),
          put(patient((turn * 23) % 60, { gender: turn % 2 === 0 ? 'male' : 'female' })),
          put(patient(59 - (turn % 60), { deceasedBoolean: turn % 2 === 0 })),
          gateway.send('DELETE', `/Patient/w${100 + turn - 2}`),
        ]);
      }
      const steady = seen.filter((id) => Number(id.slice(1)) < 60);
      expect([sort, new Set(seen).size === seen.length, new Set(steady).size]).toEqual([sort, true, 60]);
      for (let at = 100; at < 130; at++) await gateway.send('DELETE', `/Patient/w${at}`);
    }
  }, 240_000);
});
