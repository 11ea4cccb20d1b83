import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batch, heartRate, tokenOf, transaction, type Reply } from '../../../../test/support/fhir-gateway.js';
import { ALL, category, observation, RestrictedGateway } from './restricted-scopes.fixture.js';

/** What a client whose scopes have a restriction writes, and what conditions of its writes find. */
describe('a scope with a restriction', () => {
  let restricted: RestrictedGateway;
  beforeAll(async () => {
    restricted = await RestrictedGateway.open();
  }, 60_000);
  afterAll(() => restricted?.close());

  it('makes and changes within, and neither makes nor moves outside', async () => {
    const made = await restricted.send('POST', '/Observation', observation('vital-signs'));
    expect(made.status).toBe(201);
    const id = made.json.id as string;
    expect(
      (await restricted.send('PUT', `/Observation/${id}`, observation('vital-signs', { id, status: 'amended' })))
        .status,
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
    const [count, records] = [
      await restricted.gateway.count('fhir_resources'),
      (await restricted.gateway.records()).length,
    ];
    for (const [method, path, body, headers] of outside) {
      const answer = await restricted.send(method, path, body, headers);
      expect([method, path, answer.status, answer.json.issue[0].code]).toEqual([method, path, 403, 'forbidden']);
    }
    expect([await restricted.gateway.count('fhir_resources'), (await restricted.gateway.records()).length]).toEqual([
      count,
      records,
    ]);
    const mixed = await restricted.send(
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
    expect((await restricted.asAll('GET', `/Observation/${id}`)).json).toMatchObject({
      status: 'amended',
      ...category('vital-signs'),
    });
    expect((await restricted.send('DELETE', `/Observation/${id}`)).status).toBe(204);
    expect((await restricted.send('GET', `/Observation/${id}`)).status).toBe(410);
  });

  it('counts by its own verbs only', async () => {
    const mixed = tokenOf(1, 'system/Observation.r?category=vital-signs', 'system/Observation.c?category=laboratory');
    expect((await restricted.send('GET', '/Observation/vital', undefined, {}, mixed)).status).toBe(200);
    expect((await restricted.send('GET', '/Observation/lab', undefined, {}, mixed)).status).toBe(404);
    expect((await restricted.send('POST', '/Observation', observation('laboratory'), {}, mixed)).status).toBe(201);
    expect((await restricted.send('POST', '/Observation', observation('vital-signs'), {}, mixed)).status).toBe(403);
    expect((await restricted.send('DELETE', '/Observation/vital', undefined, {}, mixed)).status).toBe(403);
    expect((await restricted.send('GET', '/Observation/_history', undefined, {}, mixed)).status).toBe(403);
  });

  it('finds by conditions what is within', async () => {
    const patients = tokenOf(1, 'system/Patient.crus?gender=female', 'system/Observation.c');
    const female = { resourceType: 'Patient', gender: 'female', identifier: [{ system: 'urn:x', value: 'p' }] };
    const made = await restricted.send('POST', '/Patient', female, { 'if-none-exist': 'identifier=urn:x|p' }, patients);
    expect(made.status).toBe(201);
    const again = await restricted.send(
      'POST',
      '/Patient',
      female,
      { 'if-none-exist': 'identifier=urn:x|p' },
      patients,
    );
    expect([again.status, again.json.id]).toEqual([200, made.json.id]);
    expect(
      (await restricted.send('POST', '/Patient', female, { 'if-none-exist': 'identifier=urn:x|p' }, ALL)).status,
    ).toBe(412);
    const referring = heartRate('Patient?identifier=urn:x|p', 60);
    const referred = await restricted.send(
      'POST',
      '',
      transaction({ resource: referring, request: { method: 'POST', url: 'Observation' } }),
      {},
      patients,
    );
    expect(referred.status).toBe(200);
    const stored = await restricted.asAll(
      'GET',
      `/${String(referred.json.entry[0].response.location).replace(/\/_history.*/, '')}`,
    );
    expect(stored.json.subject.reference).toBe(`Patient/${made.json.id}`);
  });

  it('finds by the chain of a condition what may be searched', async () => {
    const may = (...scopes: string[]): Promise<Reply> =>
      restricted.send(
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
