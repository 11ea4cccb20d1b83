import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nextPage, type Reply, TestFhirGateway, tokenOf } from '../../../../test/support/fhir-gateway.js';
import { found, openSearched } from './searched.fixture.js';

let gateway: TestFhirGateway;

beforeAll(async () => {
  gateway = await openSearched();
}, 60_000);
afterAll(() => gateway.close(), 60_000);

async function search(query: string, headers = {}): Promise<Reply> {
  const reply = await gateway.send('GET', query, undefined, headers);
  expect([query, reply.status, reply.json.issue]).toEqual([query, 200, undefined]);
  return reply;
}

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
      next = nextPage(page);
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
    const unheeded = '_sort=date&_count=1&_total=none&_include=Observation:patient&_include:iterate=Patient:link';
    const heeded = await search(`/Observation/$lastn?patient=p1&${unheeded}&_elements=code`);
    expect([found(heeded).length, heeded.json.link[0].url.split('$lastn')[1]]).toEqual([
      3,
      '?patient=p1&_elements=code',
    ]);
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
    ['/Patient/p1/$everything?_type=Organization', 'not-supported', 'http._type'],
    ['/Patient/p1/$everything?_since=yesterday', 'value', 'http._since'],
    ['/Observation/$lastn?patient=p1&max=1&max=2', 'value', 'http.max'],
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

it.each<[string, readonly string[]]>([
  ['Patient', ['Patient']],
  ['Patient,Encounter', ['Encounter', 'Patient']],
  ['Patient,Organization', ['Organization', 'Patient']],
])('$everything has of the types %s no other', async (types, shown) => {
  const { json } = await search(`/Patient/p1/$everything?_type=${types}`);
  const kinds: Set<string> = new Set(
    json.entry.map(({ resource }: { resource: { resourceType: string } }) => resource.resourceType),
  );
  expect(kinds).toEqual(new Set(shown));
});

it('is sorted by whole family names, whatever words of them are searched', async () => {
  const families = { a: 'Smith Adams', b: 'Brown', c: 'Clark-Baker', d: 'Álvarez' };
  const tag = [{ system: 'urn:t', code: 'families' }];
  for (const [id, family] of Object.entries(families))
    await gateway.send('PUT', `/Patient/f-${id}`, {
      resourceType: 'Patient',
      id: `f-${id}`,
      meta: { tag },
      name: [{ family }],
    });
  const sorted = async (by: string): Promise<string[]> =>
    found(await search(`/Patient?_tag=urn:t|families&_sort=${by}`)).map((id) => id.slice(2));
  expect(await sorted('family')).toEqual(['d', 'b', 'c', 'a']);
  expect(await sorted('-family')).toEqual(['a', 'c', 'b', 'd']);
  expect(found(await search('/Patient?_tag=urn:t|families&family=adams'))).toEqual(['f-a']);
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
        next = nextPage(reply);
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
