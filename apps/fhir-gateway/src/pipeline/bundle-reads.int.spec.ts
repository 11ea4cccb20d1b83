import { beforeAll, describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  batch,
  heartRate,
  patient,
  put,
  TestFhirGateway,
  tokenOf,
  transaction,
  type Reply,
} from '../../../../test/support/fhir-gateway.js';
import { storeMeasured, twinDigits } from '../../../../test/support/forecasts/measured-values.js';

const AT = Date.UTC(2026, 10, 29, 6);

const gateway = ofSuite(() => TestFhirGateway.open(4));

beforeAll(async () => {
  const made = await gateway.send(
    'POST',
    '',
    transaction(
      put(patient({ id: 'p', gender: 'female', name: [{ family: 'Reader' }] })),
      put({ ...heartRate('Patient/p', 60), id: 'o' }),
    ),
  );
  expect(made.status).toBe(200);
}, 60_000);

const get = (url: string, more: object = {}): object => ({ request: { method: 'GET', url, ...more } });

/** Of any shape. */
type Any = Reply['json'];

type Answered = { readonly response: { readonly status: string; readonly outcome?: unknown }; readonly resource?: Any };

function entriesOf(reply: Reply): readonly Answered[] {
  expect([reply.status, reply.json.issue]).toEqual([200, undefined]);
  return reply.json.entry;
}

describe.each([
  ['transaction', transaction],
  ['batch', batch],
] as const)('reads of a %s', (_, bundle) => {
  const answered = async (...entry: readonly object[]): Promise<readonly Answered[]> =>
    entriesOf(await gateway.send('POST', '', bundle(...entry)));

  it('show the part of a resource, of a version or of a history that is asked for', async () => {
    const [read, summary, version, history] = await answered(
      get('Patient/p?_elements=gender'),
      get('Patient/p?_summary=text'),
      get('Patient/p/_history/1?_elements=gender'),
      get('Patient/p/_history?_elements=gender'),
    );
    const part = { resourceType: 'Patient', id: 'p', meta: expect.anything(), gender: 'female' };
    expect(read?.resource).toEqual(part);
    expect(Object.keys(summary?.resource)).toEqual(['resourceType', 'id', 'meta']);
    expect(version?.resource).toEqual(part);
    expect(history?.resource.entry[0].resource).toEqual(part);
    expect(read?.resource.meta.tag).toContainEqual(expect.objectContaining({ code: 'SUBSETTED' }));
  });

  it('search the compartment of a patient, and several types; they see what the bundle writes', async () => {
    const id = `new-${_}`;
    const [, one, all, several] = await answered(
      put({ ...heartRate('Patient/p', 61), id }),
      get('Patient/p/Observation?code=8867-4&_sort=_id'),
      get('Patient/p/*?_type=Patient,Observation&_sort=_id'),
      get(`?_type=Patient,Observation&_id=p,${id}&_sort=_id`),
    );
    const ids = (entry: Answered | undefined) => entry?.resource.entry.map((found: Any) => found.resource.id);
    expect(ids(one)).toEqual(expect.arrayContaining(['o', id]));
    expect(ids(all)).toEqual(expect.arrayContaining(['o', 'p', id]));
    expect(ids(several)).toEqual([id, 'p']);
    expect(one?.resource.link[0].url).toMatch(/\/fhir\/r4\/Patient\/p\/Observation\?code=8867-4&_sort=_id$/);
  });

  it('are operations, too, which see what the bundle writes', async () => {
    const id = `last-${_}`;
    const effectiveDateTime = _ === 'batch' ? '2026-02-03T00:00:00Z' : '2026-02-02T00:00:00Z';
    const [, everything, last] = await answered(
      put({ ...heartRate('Patient/p', 62, { effectiveDateTime }), id }),
      get('Patient/p/$everything?_type=Patient,Observation'),
      get('Observation/$lastn?patient=p&max=1'),
    );
    const ids = (entry: Answered | undefined) => entry?.resource.entry.map((found: Any) => found.resource.id);
    expect(ids(everything)).toEqual(expect.arrayContaining(['p', 'o', id]));
    expect(ids(last)).toEqual([id]);
    expect(last?.resource.link[0].url).toMatch(/\/fhir\/r4\/Observation\/\$lastn\?patient=p&max=1$/);
  });

  it('are not answered again where the client has them, by tag or by time', async () => {
    const known = [{ ifNoneMatch: 'W/"1"' }, { ifModifiedSince: '2999-01-01T00:00:00Z' }];
    const entries = await answered(
      ...known.flatMap((has) => [get('Patient/p', has), get('Patient/p/_history/1', has)]),
    );
    expect(entries.map(({ response, resource }) => [response.status.slice(0, 3), resource])).toEqual(
      Array(4).fill(['304', undefined]),
    );
  });

  it('reach what devices measured: its versions and its history', async () => {
    const [identity] = await storeMeasured(gateway.pool, [{ at: AT }]);
    const twin = await twinDigits(gateway.pool, 'p1');
    const id = `md-${twin}-1-${AT.toString(36)}-${identity!.replaceAll('-', '')}`;
    const [read, version, history] = await answered(
      get(`Observation/${id}`),
      get(`Observation/${id}/_history/1`),
      get(`Observation/${id}/_history`),
    );
    expect(read?.resource.id).toBe(id);
    expect(version?.resource).toEqual(read?.resource);
    expect(history?.resource.entry[0].resource).toEqual(read?.resource);
  });
});

describe('a read of a bundle is refused', () => {
  it.each<[string, string, string]>([
    ['that asks for a part that there is not', 'Patient/p?_summary=count', '400'],
    ['of the history of what never was', 'Patient/none/_history', '404'],
    ['of a compartment that is none', 'Observation/o/Patient', '400'],
    ['of all types, none of them named', '?_lastUpdated=gt2020', '400'],
    ['by an operation that answers no bundle', 'Patient/p/$validate', '400'],
    ['by an operation on what never was', 'Patient/none/$everything', '404'],
    ['by an operation without what it needs', 'Observation/$lastn', '400'],
  ])('%s, and others of a batch are not', async (_, url, status) => {
    const [bad, good] = entriesOf(await gateway.send('POST', '', batch(get(url), get('Patient/p'))));
    expect([bad?.response.status.slice(0, 3), good?.response.status.slice(0, 3)]).toEqual([status, '200']);
    expect(bad?.response.outcome).toMatchObject({ issue: [{ expression: ['Bundle.entry[0].request.url'] }] });
    const whole = await gateway.send('POST', '', transaction(get(url), get('Patient/p')));
    expect(whole.status).toBe(Number(status));
  });

  it.each<[string, string]>([
    ['a chain', 'Observation?patient.gender=female'],
    ['_has', 'Observation?_has:Provenance:target:_id=x'],
    ['one of several types', '?_type=Observation,Patient&_id=o'],
    ['a compartment', 'Patient/p/Condition'],
  ])('where %s looks at what the client may not search', async (_, url) => {
    const authorization = `Bearer ${tokenOf(1, 'system/Observation.rs')}`;
    const reply = await gateway.send('POST', '', batch(get(url), get('Observation/o')), { authorization });
    const [bad, good] = entriesOf(reply);
    expect([bad?.response.status.slice(0, 3), good?.response.status.slice(0, 3)]).toEqual(['403', '200']);
    const whole = await gateway.send('POST', '', transaction(get(url), get('Observation/o')), { authorization });
    expect(whole.status).toBe(403);
  });
});

it('a bundle says of a deletion its version, and what was done of each write where that is asked for', async () => {
  const identifier = [{ system: 'urn:reads', value: 'once' }];
  const made = await gateway.send('POST', '', batch(put(patient({ id: 'd', identifier })), put(patient({ id: 'e' }))));
  expect(made.status).toBe(200);
  const again = {
    resource: patient({ identifier }),
    request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:reads|once' },
  };
  const entry = [again, ...['e', 'never'].map((id) => ({ request: { method: 'DELETE', url: `Patient/${id}` } }))];
  const prefer = 'return=OperationOutcome';
  const answered = entriesOf(await gateway.send('POST', '', transaction(...entry), { prefer }));
  expect(answered.map(({ response }) => response)).toMatchObject([
    { status: '200 OK', etag: 'W/"1"', outcome: { issue: [{ severity: 'information' }] } },
    { status: '204 No Content', etag: 'W/"2"', lastModified: expect.any(String), outcome: expect.anything() },
    { status: '204 No Content', outcome: expect.anything() },
  ]);
  const [second] = entriesOf(await gateway.send('POST', '', batch(entry[1]!)));
  expect(second?.response).toEqual({ status: '204 No Content' });
});

describe('outside of bundles, too,', () => {
  it('a version and a history show the part that is asked for, on each of its pages', async () => {
    const version = await gateway.send('GET', '/Patient/p/_history/1?_elements=gender');
    expect(Object.keys(version.json)).toEqual(['resourceType', 'id', 'meta', 'gender']);
    const page = await gateway.send('GET', '/Observation/_history?_summary=text&_count=1');
    expect(Object.keys(page.json.entry[0].resource).sort()).not.toContain('valueQuantity');
    const next = page.json.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    expect(new URL(next).searchParams.get('_summary')).toBe('text');
    expect((await gateway.send('GET', '/Patient/_history?_elements=no-such')).status).toBe(400);
    expect((await gateway.send('GET', '/Patient/p/_history?_summary=count')).status).toBe(400);
  });

  it('If-Match takes a list of tags, and any tag', async () => {
    const send = (ifMatch: string): Promise<Reply> =>
      gateway.send('PUT', '/Patient/m', patient({ id: 'm' }), { 'if-match': ifMatch });
    expect((await send('*')).status).toBe(412);
    expect((await gateway.send('PUT', '/Patient/m', patient({ id: 'm' }))).status).toBe(201);
    expect((await send('W/"7", W/"8"')).status).toBe(412);
    expect((await send('W/"7", W/"1"')).status).toBe(200);
    expect((await send('*')).status).toBe(200);
  });
});
