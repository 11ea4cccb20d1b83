import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  batch,
  TestFhirGateway,
  heartRate,
  patient,
  post,
  put,
  transaction,
} from '../../../test/support/fhir-gateway.js';

const gateway = ofSuite(() => TestFhirGateway.open(4));

function issues(reply: { json: { issue: { code: string; expression?: string[] }[] } }): string[] {
  return reply.json.issue.map((issue) => `${issue.code} ${issue.expression?.join() ?? ''}`.trim());
}

describe('a transaction', () => {
  it('writes all, with references forward and backward, and one record per patient', async () => {
    const before = (await gateway.records()).length;
    const reply = await gateway.send(
      'POST',
      '',
      transaction(
        post(heartRate('urn:uuid:0c0a6f3e-0000-4000-8000-000000000001', 61)),
        post(patient(), 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001'),
        post(heartRate('urn:uuid:0c0a6f3e-0000-4000-8000-000000000001', 62)),
        put({ ...heartRate('urn:uuid:0c0a6f3e-0000-4000-8000-000000000001', 63), id: 'third' }),
      ),
    );
    expect(reply.status).toBe(200);
    const { entry } = reply.json;
    expect(entry.map((one: { response: { status: string } }) => one.response.status)).toEqual(
      Array(4).fill('201 Created'),
    );
    expect(entry[0].response).toMatchObject({ etag: 'W/"1"', lastModified: expect.any(String) });
    const patientPath = /^(Patient\/[^/]+)\/_history\/1$/.exec(entry[1].response.location)?.[1];
    const observation = await gateway.send('GET', `/${entry[0].response.location}`);
    expect(observation.json.subject.reference).toBe(patientPath);
    const records = (await gateway.records()).slice(before);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      v: 1,
      kind: 'clinical',
      tenant: 1,
      patient: patientPath?.slice(8),
      source: 'fhir',
      author: 'test-client',
    });
    expect(records[0]?.['samples']).toMatchObject([{ x: 61 }, { x: 62 }, { x: 63 }]);
    const { rowCount } = await gateway.pool.query('SELECT FROM twins WHERE tenant = 1 AND patient = $1', [
      patientPath?.slice(8),
    ]);
    expect(rowCount).toBe(1);
  });

  it('with bad entries changes nothing and names each of them', async () => {
    const before = await Promise.all(
      ['fhir_resources', 'twins', 'log_records', 'fhir_identifiers'].map((t) => gateway.count(t)),
    );
    const reply = await gateway.send(
      'POST',
      '',
      transaction(
        post(patient({ identifier: [{ system: 's', value: 'v' }] })),
        post({ ...heartRate('Patient/x', 1), status: undefined }),
        post({ resourceType: 'Nothing' }),
        { request: { method: 'GET', url: 'Patient/1/$validate' } },
      ),
    );
    expect(reply.status).toBe(400);
    expect(reply.json.issue.flatMap((issue: { expression: string[] }) => issue.expression)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('Bundle.entry[1]'),
        'Bundle.entry[2].request.url',
        'Bundle.entry[3].request.url',
      ]),
    );
    const unknown = await gateway.send('POST', '', transaction(post(patient()), post(heartRate('Patient/nowhere', 1))));
    expect([unknown.status, issues(unknown)]).toEqual([422, ['not-found Bundle.entry[1].resource.subject.reference']]);
    const stale = await gateway.send(
      'POST',
      '',
      transaction(post(patient()), put({ ...patient(), id: 'no' }, { ifMatch: 'W/"3"' })),
    );
    expect(stale.status).toBe(412);
    const after = await Promise.all(
      ['fhir_resources', 'twins', 'log_records', 'fhir_identifiers'].map((t) => gateway.count(t)),
    );
    expect(after).toEqual(before);
  });

  it('refuses two entries for one resource, and a urn that no entry has', async () => {
    const twice = await gateway.send(
      'POST',
      '',
      transaction(put({ ...patient(), id: 'a' }), put({ ...patient(), id: 'a' })),
    );
    expect([twice.status, issues(twice)]).toEqual([400, ['duplicate Bundle.entry[1].request.url']]);
    const dangling = await gateway.send(
      'POST',
      '',
      transaction(post(heartRate('urn:uuid:0c0a6f3e-0000-4000-8000-00000000dead', 1))),
    );
    expect(issues(dangling)).toEqual(['not-found Bundle.entry[0].resource.subject.reference']);
  });

  it('deletes before it writes, and reads last', async () => {
    await gateway.send('PUT', '/Basic/order', { resourceType: 'Basic', id: 'order', code: { text: 'x' } });
    const reply = await gateway.send(
      'POST',
      '',
      transaction({ request: { method: 'GET', url: 'Patient/late' } }, put({ ...patient(), id: 'late' }), {
        request: { method: 'DELETE', url: 'Basic/order' },
      }),
    );
    expect(reply.json.entry.map((one: { response: { status: string } }) => one.response.status)).toEqual([
      '200 OK',
      '201 Created',
      '204 No Content',
    ]);
    expect(reply.json.entry[0].resource.id).toBe('late');
  });

  it('runs 32 at a time on 4 connections', async () => {
    await gateway.send('POST', '', transaction(...[1, 2, 3].map((n) => put({ ...patient(), id: `shared-${n}` }))));
    const replies = await Promise.all(
      Array.from({ length: 32 }, (_, at) => {
        const ids = at % 2 === 0 ? [1, 2, 3] : [3, 2, 1];
        return gateway.send(
          'POST',
          '',
          transaction(
            ...ids.map((n) => put({ ...patient(), id: `shared-${n}` })),
            ...ids.map((n) => post(heartRate(`Patient/shared-${n}`, 60 + at))),
          ),
        );
      }),
    );
    expect(replies.map((reply) => reply.status)).toEqual(Array(32).fill(200));
    expect((await gateway.send('GET', '/Patient/shared-1')).json.meta.versionId).toBe('33');
  }, 30_000);
});

describe('a batch', () => {
  it('answers entry by entry in the order of the request', async () => {
    const reply = await gateway.send(
      'POST',
      '',
      batch(
        put({ ...patient(), id: 'batched' }),
        post({ resourceType: 'Nothing' }),
        post(heartRate('Patient/batched', 60)),
        post(heartRate('Patient/nowhere', 60)),
        { request: { method: 'GET', url: 'Patient/batched' } },
        { request: { method: 'DELETE', url: 'Patient/never-there' } },
      ),
    );
    expect(reply.status).toBe(200);
    expect(reply.json.type).toBe('batch-response');
    expect(reply.json.entry.map((one: { response: { status: string } }) => one.response.status)).toEqual([
      '201 Created',
      '404 Not Found',
      '201 Created',
      '422 Unprocessable Entity',
      '200 OK',
      '204 No Content',
    ]);
    expect(reply.json.entry[3].response.outcome.issue[0]).toMatchObject({
      code: 'not-found',
      expression: ['Bundle.entry[3].resource.subject.reference'],
    });
  });
});
