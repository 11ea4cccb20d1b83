import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batch, nextPage, type Resource, tokenOf } from '../../../../test/support/fhir-gateway.js';
import { RestrictedGateway, SYSTEM } from './restricted-scopes.fixture.js';

/** What a client whose scopes have a restriction reads, and finds by searches. */
describe('a scope with a restriction', () => {
  let restricted: RestrictedGateway;
  beforeAll(async () => {
    restricted = await RestrictedGateway.open();
  }, 60_000);
  afterAll(() => restricted?.close());

  it('gives what is within: reads, versions, history', async () => {
    expect((await restricted.send('GET', '/Observation/vital')).status).toBe(200);
    expect((await restricted.send('GET', '/Observation/gone-vital')).status).toBe(410);
    expect([
      (await restricted.send('GET', '/Observation/came/_history/1')).status,
      (await restricted.send('GET', '/Observation/came/_history/2')).status,
    ]).toEqual([404, 200]);
    const history = (await restricted.send('GET', '/Observation/came/_history')).json;
    expect(
      history.entry.map((entry: { resource: Resource }) => (entry.resource['meta'] as { versionId: string }).versionId),
    ).toEqual(['2']);
    const read = (await restricted.send('POST', '', batch({ request: { method: 'GET', url: 'Observation/vital' } })))
      .json;
    expect(read.entry[0].response.status).toMatch(/^200/);
  });

  it.each(['/Observation/_history', '/_history'])('shows of %s what is within, page by page', async (path) => {
    const seen: string[] = [];
    for (let url: string | undefined = `${path}?_count=2`; url !== undefined;) {
      const reply = await restricted.send('GET', url);
      const { status, json } = reply;
      expect(status).toBe(200);
      expect(json.total).toBeUndefined();
      for (const entry of json.entry ?? []) seen.push(`${entry.request.method} ${entry.response.location}`);
      url = nextPage(reply);
    }
    const observations = seen.filter((one) => one.includes('Observation')).sort();
    expect(observations).toEqual([
      'DELETE Observation/gone-vital/_history/2',
      'PUT Observation/came/_history/2',
      'PUT Observation/gone-vital/_history/1',
      'PUT Observation/of-q-vital/_history/1',
      'PUT Observation/vital/_history/1',
    ]);
    const patients = seen.filter((one) => one.includes('Patient'));
    expect(patients).toEqual(path === '/_history' ? ['PUT Patient/q/_history/1'] : []);
  });

  const DIAGNOSES = tokenOf(
    1,
    'system/Observation.rs?category=vital-signs',
    'system/Patient.rs?gender=female',
    'system/Condition.rs',
  );
  it.each<readonly [string, string, readonly string[]]>([
    ['a search', '/Observation?code=8867-4', ['Observation/came', 'Observation/vital']],
    ['a search by id', '/Observation?_id=lab', []],
    ['a search that excludes', '/Observation?category:not=vital-signs', []],
    ['a search by category', '/Observation?category=laboratory', []],
    ['a search of the system', '/?_type=Observation,Patient', ['Observation/came', 'Observation/vital', 'Patient/q']],
    ['a chain to what is outside', '/Observation?patient.gender=male', []],
    ['a chain from what is within', '/Condition?subject:Patient.gender=female', ['Condition/of-q']],
    ['a chain to what is outside, of another type', '/Condition?subject:Patient.gender=male', []],
    ['_has of what is outside', '/Patient?_has:Observation:patient:category=laboratory', []],
    ['_has of what is within', '/Patient?_has:Observation:patient:category=vital-signs', ['Patient/q']],
    ['_include of what is outside', '/Condition?_id=of-p&_include=Condition:subject', ['Condition/of-p']],
    ['_include of what is within', '/Condition?_id=of-q&_include=Condition:subject', ['Condition/of-q', 'Patient/q']],
    ['_revinclude', '/Patient?_revinclude=Observation:patient', ['Observation/of-q-vital', 'Patient/q']],
    ['a compartment', '/Patient/q/Observation', ['Observation/of-q-vital']],
    ['$lastn', '/Observation/$lastn?patient=q&category=laboratory,vital-signs', ['Observation/of-q-vital']],
    ['$everything', '/Patient/q/$everything', ['Condition/of-q', 'Observation/of-q-vital', 'Patient/q']],
    ['a page of one', '/Observation?_count=1&_sort=-_lastUpdated&patient=q', ['Observation/of-q-vital']],
  ])('shows by %s what is within', async (_, path, expected) => {
    const { status, json } = await restricted.send('GET', path, undefined, {}, DIAGNOSES);
    const found = ((json.entry ?? []) as { resource: Resource }[]).map(
      ({ resource }) => `${resource.resourceType}/${String(resource['id'])}`,
    );
    const isRest = path.startsWith('/Observation?code') || path.startsWith('/?');
    const all = isRest ? [...expected, 'Observation/of-q-vital'].sort() : expected;
    expect([status, found.filter((one) => !/^Observation\/[0-9a-f]{8}-/.test(one)).sort()]).toEqual([200, all]);
    expect(JSON.stringify(json)).not.toContain('"code":"laboratory"');
    if (json.total !== undefined && !path.includes('_count=1')) expect(json.total).toBeLessThanOrEqual(all.length);
  });

  it.each([
    [
      'several restrictions are alternatives',
      ['system/Observation.r?category=x', 'system/Observation.r?category=vital-signs'],
      200,
    ],
    ['several parameters hold together', ['system/Observation.r?category=vital-signs&status=final'], 200],
    ['several parameters hold together', ['system/Observation.r?category=vital-signs&status=amended'], 404],
    ['a code has its system', [`system/Observation.r?category=${SYSTEM}|vital-signs`], 200],
    ['a code has its system', ['system/Observation.r?category=http://other.example|vital-signs'], 404],
    ['commas are alternatives', ['system/Observation.r?category=laboratory,vital-signs'], 200],
    ['what is not', ['system/Observation.r?category:not=vital-signs'], 404],
    ['a patient', ['system/Observation.r?patient=Patient/p'], 200],
    ['a patient', ['system/Observation.r?patient=q'], 404],
    ['a restriction for all types', ['system/*.r?_id=vital'], 200],
    ['a scope without one', ['system/Observation.r?category=x', 'system/*.read'], 200],
    ['a restriction that is no search of the type gives nothing', ['system/Observation.r?nonsense=x'], 403],
    ['a chain gives nothing', ['system/Observation.r?patient.gender=male'], 403],
    ['a value that is none gives nothing', ['system/Observation.r?date=yesterday'], 403],
  ])('%s: %j → %i', async (_, scopes, status) => {
    expect((await restricted.send('GET', '/Observation/vital', undefined, {}, tokenOf(1, ...scopes))).status).toBe(
      status,
    );
  });
});
