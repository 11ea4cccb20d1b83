import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestFhirGateway, type Reply } from '../../../../test/support/fhir-gateway.js';
import { openSearched } from './searched.fixture.js';

let gateway: TestFhirGateway;

beforeAll(async () => {
  gateway = await openSearched();
}, 60_000);
afterAll(() => gateway.close(), 60_000);

async function search(path: string, headers = {}): Promise<Reply> {
  const reply = await gateway.send('GET', path, undefined, headers);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply;
}

function linkOf({ json }: Reply, wanted: string): string | undefined {
  const links = json.link as { readonly relation: string; readonly url: string }[];
  return links.find(({ relation }) => relation === wanted)?.url.slice(`${gateway.url}/fhir/r4`.length);
}

function places({ json }: Reply): string[] {
  const entries = (json.entry ?? []) as { readonly resource: { readonly resourceType: string; readonly id: string } }[];
  return entries.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
}

async function pages(path: string): Promise<string[]> {
  const seen: string[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const reply: Reply = await search(next);
    seen.push(...places(reply));
    next = linkOf(reply, 'next');
  }
  return seen;
}

describe('a search of several types', () => {
  it.each([
    '/?_type=Patient,Observation,Encounter',
    '/?_type=Patient&_type=Observation',
    '/?_type=Patient,Observation&_sort=-_lastUpdated&_lastUpdated=gt2000',
    '/Patient/p1/*?_type=Observation,Encounter',
    '/Patient/p1/*?_elements=id',
    '/Observation?code=8867-4',
  ])('shows by the pages of %s what one page shows, of the same types', async (path) => {
    const at = (count: number): string => `${path}${path.includes('?') ? '&' : '?'}_count=${count}`;
    const all = places(await search(at(100)));
    expect(all.length).toBeGreaterThan(1);
    for (const count of [1, 2, 3]) expect((await pages(at(count))).sort()).toEqual([...all].sort());
  });

  it.each(['/?_type=Patient,Observation&_id=p1,o1', '/Patient/p1/*?_type=Encounter', '/?_type=Patient'])(
    'names in the link of %s to itself what it was asked',
    async (path) => {
      const reply = await search(path);
      const self = linkOf(reply, 'self') ?? '';
      expect(self).toBe(path);
      expect(places(await search(self))).toEqual(places(reply));
    },
  );

  it('is of the same types when it comes in a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await gateway.send('POST', '/_search', '_type=Patient,Observation&_count=2', headers);
    const next = linkOf(reply, 'next') ?? '';
    expect((await pages(next)).length).toBe(7 - 2);
  });
});

describe('a parameter that only one of several types has', () => {
  it.each(['Patient,Observation', 'Observation,Patient'])('is left out for all: %s', async (types) => {
    const reply = await search(`/?_type=${types}&code=8867-4&name=mull&_id=p1,p2,o1,bp`);
    expect(places(reply).sort()).toEqual(['Observation/bp', 'Observation/o1', 'Patient/p1', 'Patient/p2']);
    expect(linkOf(reply, 'self')).toBe(`/?_type=${types}&_id=p1,p2,o1,bp`);
  });

  it.each(['Patient,Observation', 'Observation,Patient'])('is no order: %s', async (types) => {
    expect(places(await search(`/?_type=${types}&_sort=date&_id=p1,o1`)).length).toBe(2);
  });

  it('is refused under handling=strict', async () => {
    const headers = { prefer: 'handling=strict' };
    for (const types of ['Patient,Observation', 'Observation,Patient']) {
      const { status, json } = await gateway.send('GET', `/?_type=${types}&code=8867-4`, undefined, headers);
      expect([status, json.issue[0].expression]).toEqual([400, ['http.code']]);
    }
  });

  it.each(['Patient,Observation', 'Observation,Patient'])('may be an element: %s', async (types) => {
    const reply = await search(`/?_type=${types}&_elements=code&_id=p1,o1`);
    const shown = (reply.json.entry as { resource: Record<string, unknown> }[]).map(({ resource }) => resource);
    const [observation, patient] = ['Observation', 'Patient'].map((type) =>
      shown.find(({ resourceType }) => resourceType === type),
    );
    expect([observation?.['code'] !== undefined, observation?.['effectiveDateTime'], patient?.['name']]).toEqual([
      true,
      undefined,
      undefined,
    ]);
    expect(linkOf(reply, 'self')).toContain('_elements=code');
  });
});
