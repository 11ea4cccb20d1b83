import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  batch,
  heartRate,
  TestFhirGateway,
  tokenOf,
  transaction,
  type Reply,
  type Resource,
} from '../../../../test/support/fhir-gateway.js';

const SYSTEM = 'http://terminology.hl7.org/CodeSystem/observation-category';
const category = (code: string): object => ({ category: [{ coding: [{ system: SYSTEM, code }] }] });
const observation = (code: string, more: object = {}): Resource =>
  heartRate('Patient/p', 60, { ...category(code), ...more });
const ALL = tokenOf(1, 'system/*.cruds');
const VITALS = tokenOf(1, 'system/Observation.cruds?category=vital-signs', 'system/Patient.rs?gender=female');

/**
 * A client whose scopes have a restriction, against every interaction: what is outside is answered as what is absent, by status, headers and
 * body, and stays as it is.
 */
describe('a scope with a restriction', () => {
  let gateway: TestFhirGateway;
  const send = (method: string, path: string, body?: unknown, headers: object = {}, token = VITALS): Promise<Reply> =>
    gateway.send(method, path, body, { authorization: `Bearer ${token}`, ...headers });
  const asAll = (method: string, path: string, body?: unknown): Promise<Reply> => send(method, path, body, {}, ALL);

  beforeAll(async () => {
    gateway = await TestFhirGateway.open();
    await asAll('PUT', '/Patient/p', {
      resourceType: 'Patient',
      id: 'p',
      gender: 'male',
      identifier: [{ system: 'urn:x', value: 'p' }],
    });
    await asAll('PUT', '/Patient/q', {
      resourceType: 'Patient',
      id: 'q',
      gender: 'female',
      identifier: [{ system: 'urn:x', value: 'q' }],
    });
    await asAll('PUT', '/Observation/vital', observation('vital-signs', { id: 'vital' }));
    await asAll('PUT', '/Observation/lab', observation('laboratory', { id: 'lab' }));
    for (const id of ['p', 'q']) {
      const subject = { reference: `Patient/${id}` };
      await asAll('PUT', `/Condition/of-${id}`, {
        resourceType: 'Condition',
        id: `of-${id}`,
        subject,
        code: { text: 'x' },
      });
    }
    await asAll(
      'PUT',
      '/Observation/of-q-lab',
      observation('laboratory', { id: 'of-q-lab', subject: { reference: 'Patient/q' } }),
    );
    await asAll(
      'PUT',
      '/Observation/of-q-vital',
      observation('vital-signs', { id: 'of-q-vital', subject: { reference: 'Patient/q' } }),
    );
    // Was outside, came in, and left again; and the other way round.
    await asAll('PUT', '/Observation/left', observation('vital-signs', { id: 'left' }));
    await asAll('PUT', '/Observation/left', observation('laboratory', { id: 'left' }));
    await asAll('PUT', '/Observation/came', observation('laboratory', { id: 'came' }));
    await asAll('PUT', '/Observation/came', observation('vital-signs', { id: 'came' }));
    await asAll('PUT', '/Observation/gone-lab', observation('laboratory', { id: 'gone-lab' }));
    await asAll('DELETE', '/Observation/gone-lab');
    await asAll('PUT', '/Observation/gone-vital', observation('vital-signs', { id: 'gone-vital' }));
    await asAll('DELETE', '/Observation/gone-vital');
  }, 60_000);
  afterAll(() => gateway?.close());

  /** Status, headers and body of an answer, without what every answer has of its own, and with one name for both ids. */
  function comparable({ status, headers, text }: Reply, id: string): object {
    const named = [...headers].filter(
      ([name]) => !['date', 'content-length', 'connection', 'keep-alive'].includes(name),
    );
    return { status, headers: named, text: text.replaceAll(id, 'ID') };
  }

  const UPDATE = (id: string): Resource => observation('vital-signs', { id });
  const PATCH = [{ op: 'replace', path: '/status', value: 'amended' }];
  const INTERACTIONS: readonly (readonly [string, (id: string) => [string, string, unknown?, object?]])[] = [
    ['read', (id) => ['GET', `/Observation/${id}`]],
    ['read when it is unchanged', (id) => ['GET', `/Observation/${id}`, undefined, { 'if-none-match': 'W/"1"' }]],
    ['head', (id) => ['HEAD', `/Observation/${id}`]],
    ['vread', (id) => ['GET', `/Observation/${id}/_history/1`]],
    ['history', (id) => ['GET', `/Observation/${id}/_history`]],
    ['update', (id) => ['PUT', `/Observation/${id}`, UPDATE(id)]],
    ['update of a version', (id) => ['PUT', `/Observation/${id}`, UPDATE(id), { 'if-match': 'W/"1"' }]],
    ['update if there is none', (id) => ['PUT', `/Observation/${id}`, UPDATE(id), { 'if-none-match': '*' }]],
    ['patch', (id) => ['PATCH', `/Observation/${id}`, PATCH, { 'content-type': 'application/json-patch+json' }]],
    [
      'patch of a version',
      (id) => [
        'PATCH',
        `/Observation/${id}`,
        PATCH,
        { 'content-type': 'application/json-patch+json', 'if-match': 'W/"1"' },
      ],
    ],
    ['delete', (id) => ['DELETE', `/Observation/${id}`]],
    ['delete of a version', (id) => ['DELETE', `/Observation/${id}`, undefined, { 'if-match': 'W/"1"' }]],
    ...(['batch', 'transaction'] as const).flatMap((type) => {
      const bundle = type === 'batch' ? batch : transaction;
      const entry = (method: string, url: string, resource?: object, more: object = {}): [string, string, unknown] => [
        'POST',
        '',
        bundle({ ...(resource === undefined ? {} : { resource }), request: { method, url, ...more } }),
      ];
      return [
        [`read in a ${type}`, (id: string) => entry('GET', `Observation/${id}`)],
        [`vread in a ${type}`, (id: string) => entry('GET', `Observation/${id}/_history/1`)],
        [`history in a ${type}`, (id: string) => entry('GET', `Observation/${id}/_history`)],
        [`search in a ${type}`, (id: string) => entry('GET', `Observation?_id=${id}`)],
        [`update in a ${type}`, (id: string) => entry('PUT', `Observation/${id}`, UPDATE(id))],
        [
          `update of a version in a ${type}`,
          (id: string) => entry('PUT', `Observation/${id}`, UPDATE(id), { ifMatch: 'W/"1"' }),
        ],
        [`delete in a ${type}`, (id: string) => entry('DELETE', `Observation/${id}`)],
      ] as const;
    }),
  ];

  describe.each(['lab', 'left', 'gone-lab'])('answers %s as what is absent', (id) => {
    it.each(INTERACTIONS)('by %s', async (_, interaction) => {
      const before = (await asAll('GET', `/Observation/${id}/_history`)).text;
      const records = (await gateway.records()).length;
      const [hidden, absent] = [await send(...interaction(id)), await send(...interaction('absent'))];
      expect(comparable(hidden, id)).toEqual(comparable(absent, 'absent'));
      expect(hidden.text).not.toMatch(/laboratory/);
      expect((await asAll('GET', `/Observation/${id}/_history`)).text).toBe(before);
      expect((await gateway.records()).length).toBe(records);
    });
  });

  it('gives what is within: reads, versions, history', async () => {
    expect((await send('GET', '/Observation/vital')).status).toBe(200);
    expect((await send('GET', '/Observation/gone-vital')).status).toBe(410);
    expect([
      (await send('GET', '/Observation/came/_history/1')).status,
      (await send('GET', '/Observation/came/_history/2')).status,
    ]).toEqual([404, 200]);
    const history = (await send('GET', '/Observation/came/_history')).json;
    expect(
      history.entry.map((entry: { resource: Resource }) => (entry.resource['meta'] as { versionId: string }).versionId),
    ).toEqual(['2']);
    const read = (await send('POST', '', batch({ request: { method: 'GET', url: 'Observation/vital' } }))).json;
    expect(read.entry[0].response.status).toMatch(/^200/);
  });

  it.each(['/Observation/_history', '/_history'])('shows of %s what is within, page by page', async (path) => {
    const seen: string[] = [];
    for (let url: string | undefined = `${path}?_count=2`; url !== undefined;) {
      const { status, json } = await send('GET', url);
      expect(status).toBe(200);
      expect(json.total).toBeUndefined();
      for (const entry of json.entry ?? []) seen.push(`${entry.request.method} ${entry.response.location}`);
      const next = json.link.find(({ relation }: { relation: string }) => relation === 'next')?.url as
        string | undefined;
      url = next?.slice(next.indexOf('/fhir/r4') + '/fhir/r4'.length);
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
    const { status, json } = await send('GET', path, undefined, {}, DIAGNOSES);
    const found = ((json.entry ?? []) as { resource: Resource }[]).map(
      ({ resource }) => `${resource.resourceType}/${String(resource['id'])}`,
    );
    const isRest = path.startsWith('/Observation?code') || path.startsWith('/?');
    const all = isRest ? [...expected, 'Observation/of-q-vital'].sort() : expected;
    expect([status, found.filter((one) => !/^Observation\/[0-9a-f]{8}-/.test(one)).sort()]).toEqual([200, all]);
    expect(JSON.stringify(json)).not.toContain('"code":"laboratory"');
    if (json.total !== undefined && !path.includes('_count=1')) expect(json.total).toBeLessThanOrEqual(all.length);
  });

  it('makes and changes within, and neither makes nor moves outside', async () => {
    const made = await send('POST', '/Observation', observation('vital-signs'));
    expect(made.status).toBe(201);
    const id = made.json.id as string;
    expect(
      (await send('PUT', `/Observation/${id}`, observation('vital-signs', { id, status: 'amended' }))).status,
    ).toBe(200);
    const outside: [string, string, unknown, object?][] = [
      ['POST', '/Observation', observation('laboratory')],
      ['POST', '/Observation', heartRate('Patient/p', 60)],
      ['PUT', `/Observation/${id}`, observation('laboratory', { id })],
      [
        'PATCH',
        `/Observation/${id}`,
        [{ op: 'replace', path: '/category/0/coding/0/code', value: 'laboratory' }],
        { 'content-type': 'application/json-patch+json' },
      ],
      [
        'POST',
        '',
        transaction({ resource: observation('laboratory'), request: { method: 'POST', url: 'Observation' } }),
      ],
    ];
    const [count, records] = [await gateway.count('fhir_resources'), (await gateway.records()).length];
    for (const [method, path, body, headers] of outside) {
      const answer = await send(method, path, body, headers);
      expect([method, path, answer.status, answer.json.issue[0].code]).toEqual([method, path, 403, 'forbidden']);
    }
    expect([await gateway.count('fhir_resources'), (await gateway.records()).length]).toEqual([count, records]);
    const mixed = await send(
      'POST',
      '',
      batch(
        { resource: observation('laboratory'), request: { method: 'POST', url: 'Observation' } },
        { resource: observation('vital-signs'), request: { method: 'POST', url: 'Observation' } },
      ),
    );
    expect(
      mixed.json.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3)),
    ).toEqual(['403', '201']);
    expect((await asAll('GET', `/Observation/${id}`)).json).toMatchObject({
      status: 'amended',
      ...category('vital-signs'),
    });
    expect((await send('DELETE', `/Observation/${id}`)).status).toBe(204);
    expect((await send('GET', `/Observation/${id}`)).status).toBe(410);
  });

  it('counts by its own verbs only', async () => {
    const mixed = tokenOf(1, 'system/Observation.r?category=vital-signs', 'system/Observation.c?category=laboratory');
    expect((await send('GET', '/Observation/vital', undefined, {}, mixed)).status).toBe(200);
    expect((await send('GET', '/Observation/lab', undefined, {}, mixed)).status).toBe(404);
    expect((await send('POST', '/Observation', observation('laboratory'), {}, mixed)).status).toBe(201);
    expect((await send('POST', '/Observation', observation('vital-signs'), {}, mixed)).status).toBe(403);
    expect((await send('DELETE', '/Observation/vital', undefined, {}, mixed)).status).toBe(403);
    expect((await send('GET', '/Observation/_history', undefined, {}, mixed)).status).toBe(403);
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
    expect((await send('GET', '/Observation/vital', undefined, {}, tokenOf(1, ...scopes))).status).toBe(status);
  });

  it('finds by conditions what is within', async () => {
    const patients = tokenOf(1, 'system/Patient.crus?gender=female', 'system/Observation.c');
    const female = { resourceType: 'Patient', gender: 'female', identifier: [{ system: 'urn:x', value: 'p' }] };
    const made = await send('POST', '/Patient', female, { 'if-none-exist': 'identifier=urn:x|p' }, patients);
    expect(made.status).toBe(201);
    const again = await send('POST', '/Patient', female, { 'if-none-exist': 'identifier=urn:x|p' }, patients);
    expect([again.status, again.json.id]).toEqual([200, made.json.id]);
    expect((await send('POST', '/Patient', female, { 'if-none-exist': 'identifier=urn:x|p' }, ALL)).status).toBe(412);
    const referring = heartRate('Patient?identifier=urn:x|p', 60);
    const referred = await send(
      'POST',
      '',
      transaction({ resource: referring, request: { method: 'POST', url: 'Observation' } }),
      {},
      patients,
    );
    expect(referred.status).toBe(200);
    const stored = await asAll(
      'GET',
      `/${String(referred.json.entry[0].response.location).replace(/\/_history.*/, '')}`,
    );
    expect(stored.json.subject.reference).toBe(`Patient/${made.json.id}`);
  });

  it('finds by the chain of a condition what may be searched', async () => {
    const may = (...scopes: string[]): Promise<Reply> =>
      send(
        'POST',
        '/Condition',
        { resourceType: 'Condition', subject: { reference: 'Patient/p' }, code: { text: 'x' } },
        {
          'if-none-exist': 'subject:Patient.gender=male',
        },
        tokenOf(1, 'system/Condition.crus', ...scopes),
      );
    // Outside, or not to be searched at all: as if nothing matched.
    expect([(await may('system/Patient.rs?gender=female')).status, (await may()).status]).toEqual([201, 201]);
    expect((await may('system/Patient.rs')).status).toBe(412);
  });
});
