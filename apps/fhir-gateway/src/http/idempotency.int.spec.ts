import { beforeAll, describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  heartRate,
  patient,
  post,
  TestFhirGateway,
  tokenOf,
  transaction,
  type Reply,
} from '../../../../test/support/fhir-gateway.js';

const gateway = ofSuite(() => TestFhirGateway.open(8));

beforeAll(async () => {
  await gateway.send('PUT', '/Patient/p', patient({ id: 'p' }));
}, 60_000);

const as = (tenant: number, ...scopes: string[]) => ({ authorization: `Bearer ${tokenOf(tenant, ...scopes)}` });
const key = (name: string) => ({ 'idempotency-key': name });

function shown({ status, text, headers }: Reply): unknown[] {
  return [status, text, headers.get('location'), headers.get('etag')];
}

describe('a request with an Idempotency-Key', () => {
  it.each<[string, string, string, unknown, Readonly<Record<string, string>>]>([
    ['a create', 'POST', '/Observation', heartRate('Patient/p', 60), {}],
    ['an update', 'PUT', '/Basic/b', { resourceType: 'Basic', id: 'b', code: { text: 'x' } }, {}],
    [
      'a patch',
      'PATCH',
      '/Patient/p',
      [{ op: 'add', path: '/name', value: [{ text: 'n' }] }],
      { 'content-type': 'application/json-patch+json' },
    ],
    ['a transaction', 'POST', '', transaction(post(patient()), post(heartRate('Patient/p', 61))), {}],
    ['a deletion', 'DELETE', '/Basic/b', undefined, {}],
  ])('takes %s once and answers the same again', async (name, method, path, body, headers) => {
    const first = await gateway.send(method, path, body, { ...headers, ...key(name.replaceAll(' ', '-')) });
    expect(first.status).toBeLessThan(300);
    const [resources, versions, records] = await Promise.all(
      ['fhir_resources', 'fhir_resource_versions', 'log_records'].map((table) => gateway.count(table)),
    );
    const again = await gateway.send(method, path, body, { ...headers, ...key(name.replaceAll(' ', '-')) });
    expect(shown(again)).toEqual(shown(first));
    expect([first, again].map((reply) => reply.headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(await gateway.count('fhir_resources')).toBe(resources);
    expect(await gateway.count('fhir_resource_versions')).toBe(versions);
    expect(await gateway.count('log_records')).toBe(records);
  });

  it('is refused when the key stands for another one', async () => {
    const send = (body: unknown, more: Readonly<Record<string, string>> = {}, path = '/Patient'): Promise<Reply> =>
      gateway.send('POST', path, body, { ...key('other'), ...more });
    expect((await send(patient())).status).toBe(201);
    for (const reply of [
      await send(patient({ active: true })),
      await send({ resourceType: 'Basic', code: { text: 'x' } }, {}, '/Basic'),
      await send(patient(), { 'if-none-exist': 'identifier=x|y' }),
    ]) {
      expect([reply.status, reply.json.resourceType, reply.json.issue[0].code]).toEqual([
        422,
        'OperationOutcome',
        'business-rule',
      ]);
    }
    expect((await send(patient(), as(1, 'client=another', 'system/*.cruds'))).status).toBe(201);
    expect((await send(patient(), as(2, 'system/*.cruds'))).status).toBe(201);
  });

  it('that was refused may be sent again with the same key', async () => {
    const observation = heartRate('Patient/late', 60);
    expect((await gateway.send('POST', '/Observation', observation, key('late'))).status).toBe(422);
    await gateway.send('PUT', '/Patient/late', patient({ id: 'late' }));
    expect((await gateway.send('POST', '/Observation', observation, key('late'))).status).toBe(201);
  });

  it('takes effect once when it is sent many times at once', async () => {
    const before = await gateway.count('fhir_resources');
    const replies = await Promise.all(
      Array.from({ length: 32 }, () => gateway.send('POST', '/Patient', patient(), key('raced'))),
    );
    expect(await gateway.count('fhir_resources')).toBe(before + 1);
    expect(replies.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const made = replies.filter(({ status }) => status === 201).map(({ json }) => json.id as string);
    expect(new Set(made).size).toBe(1);
    const last = await gateway.send('POST', '/Patient', patient(), key('raced'));
    expect([last.status, last.json.id]).toEqual([201, made[0]]);
  });

  it('answers 409 while the first is being done', async () => {
    const client = await gateway.pool.connect();
    await client.query(`BEGIN; SELECT FROM fhir_resources WHERE type = 'Patient' AND id = 'p' FOR UPDATE`);
    const first = gateway.send('PUT', '/Patient/p', patient({ id: 'p' }), key('slow'));
    let second: Reply | undefined;
    for (let n = 0; n < 50 && second?.status !== 409; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { rows } = await gateway.pool.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 18763`);
      if (rows.length > 0) second = await gateway.send('PUT', '/Patient/p', patient({ id: 'p' }), key('slow'));
    }
    expect([second?.status, second?.headers.get('retry-after')]).toEqual([409, '1']);
    await client.query('COMMIT');
    client.release();
    expect((await first).status).toBe(200);
  });

  it('needs a key that is one', async () => {
    for (const bad of ['', 'a b', 'x'.repeat(256)]) {
      expect((await gateway.send('POST', '/Patient', patient(), { 'idempotency-key': bad })).status).toBe(400);
    }
  });

  it('is another one after a day', async () => {
    const first = await gateway.send('POST', '/Patient', patient(), key('old'));
    await gateway.pool.query(`UPDATE idempotency_keys SET at = now() - interval '25 hours' WHERE key = 'old'`);
    const second = await gateway.send('POST', '/Patient', patient({ active: true }), key('old'));
    expect([first.status, second.status]).toEqual([201, 201]);
    expect((await gateway.send('POST', '/Patient', patient({ active: true }), key('old'))).json.id).toBe(
      second.json.id,
    );
  });
});
