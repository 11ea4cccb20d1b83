import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import { BundleJobs } from '#libs/platform/storage';
import {
  batch,
  heartRate,
  patient,
  post,
  put,
  TestFhirGateway,
  tokenOf,
  transaction,
  type Reply,
} from '../../../../test/support/fhir-gateway.js';

const gateway = ofSuite(() => TestFhirGateway.open(8));

const LATER = { prefer: 'respond-async' };
const as = (tenant: number, ...scopes: string[]) => ({ authorization: `Bearer ${tokenOf(tenant, ...scopes)}` });

/** The path of the answer. */
async function start(bundle: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const reply = await gateway.send('POST', '', bundle, { ...LATER, ...headers });
  expect([reply.status, reply.text]).toEqual([202, '']);
  return (reply.headers.get('content-location') ?? '').slice(`${gateway.url}/fhir/r4`.length);
}

async function answerOf(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  for (let n = 0; n < 200; n += 1) {
    const reply = await gateway.send('GET', path, undefined, headers);
    if (reply.status !== 202) return reply;
    expect(reply.headers.get('x-progress')).toMatch(/^(waiting|running)$/);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no answer');
}

describe('a bundle with Prefer: respond-async', () => {
  it('is answered later, with the transaction-response itself', async () => {
    const path = await start(transaction(put(patient({ id: 'a' })), post(heartRate('Patient/a', 60))));
    const reply = await answerOf(path);
    expect([reply.status, reply.json.resourceType, reply.json.type]).toEqual([200, 'Bundle', 'transaction-response']);
    expect(reply.json.entry.map((one: { response: { status: string } }) => one.response.status)).toEqual([
      '201 Created',
      '201 Created',
    ]);
    expect(Date.parse(reply.headers.get('expires') ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect((await gateway.send('GET', '/Patient/a')).status).toBe(200);
    expect((await answerOf(path)).text).toBe(reply.text);
    const whole = await answerOf(
      await start(batch(put(patient({ id: 'b' }))), { prefer: 'respond-async, return=representation' }),
    );
    expect([whole.json.type, whole.json.entry[0].resource.id]).toEqual(['batch-response', 'b']);
  });

  it('that is refused is answered with the refusal and its status', async () => {
    const before = await gateway.count('fhir_resources');
    const reply = await answerOf(
      await start(transaction(put(patient({ id: 'c' })), post(heartRate('Patient/nowhere', 60)))),
    );
    expect([reply.status, reply.json.resourceType, reply.json.issue[0].expression]).toEqual([
      422,
      'OperationOutcome',
      ['Bundle.entry[1].resource.subject.reference'],
    ]);
    const denied = as(1, 'client=poor', 'system/Patient.r');
    expect((await answerOf(await start(transaction(put(patient({ id: 'c' }))), denied), denied)).status).toBe(403);
    expect((await gateway.send('POST', '', '{', LATER)).status).toBe(400);
    expect(await gateway.count('fhir_resources')).toBe(before);
  });

  it('is shown to the client that asked, and to no other', async () => {
    const path = await start(transaction(put(patient({ id: 'd' }))));
    expect((await answerOf(path)).status).toBe(200);
    for (const other of [as(1, 'client=another', 'system/*.cruds'), as(2, 'system/*.cruds')]) {
      for (const method of ['GET', 'DELETE']) {
        const reply = await gateway.send(method, path, undefined, other);
        expect([reply.status, reply.json.issue[0].code]).toEqual([404, 'not-found']);
      }
    }
    expect((await gateway.send('GET', '/_async/nothing')).status).toBe(404);
    expect((await gateway.send('DELETE', path)).status).toBe(202);
    expect((await gateway.send('GET', path)).status).toBe(404);
  });

  it('is one job for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'job' };
    const bundle = transaction(post(patient()));
    const path = await start(bundle, key);
    expect(await start(bundle, key)).toBe(path);
    expect((await answerOf(path)).status).toBe(200);
    expect((await gateway.send('POST', '', transaction(), { ...LATER, ...key })).status).toBe(422);
  });

  it('that is forgotten while it runs has no effect', async () => {
    await gateway.send('PUT', '/Patient/held', patient({ id: 'held' }));
    const client = await gateway.pool.connect();
    await client.query(`BEGIN; SELECT FROM fhir_resources WHERE type = 'Patient' AND id = 'held' FOR UPDATE`);
    const path = await start(transaction(put(patient({ id: 'held', active: true })), put(patient({ id: 'never' }))));
    for (let n = 0; n < 100; n += 1) {
      if ((await gateway.send('GET', path)).headers.get('x-progress') === 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await gateway.send('DELETE', path)).status).toBe(202);
    await client.query('COMMIT');
    client.release();
    expect((await gateway.send('GET', path)).status).toBe(404);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await gateway.send('GET', '/Patient/held')).json.meta.versionId).toBe('1');
    expect((await gateway.send('GET', '/Patient/never')).status).toBe(404);
  });

  it('goes on after its process has ended, and takes effect once', async () => {
    // The first two attempts lose their connection in the middle, as with a process that is killed.
    await gateway.pool.query(`
      CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT max(attempts) FROM fhir_bundle_jobs WHERE finished_at IS NULL) < 3 THEN
          PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER crash BEFORE INSERT ON fhir_resources FOR EACH ROW WHEN (NEW.id = 'crashed-2') EXECUTE FUNCTION crash()`);
    const path = await start(transaction(put(patient({ id: 'crashed-1' })), put(patient({ id: 'crashed-2' }))));
    const reply = await answerOf(path);
    expect(reply.json.entry.map((one: { response: { etag: string } }) => one.response.etag)).toEqual([
      'W/"1"',
      'W/"1"',
    ]);
    const { rows } = await gateway.pool.query('SELECT attempts, request FROM fhir_bundle_jobs WHERE id = $1', [
      path.slice(8),
    ]);
    expect(rows).toEqual([{ attempts: 3, request: '' }]);
    await gateway.pool.query('DROP TRIGGER crash ON fhir_resources');
  }, 20_000);

  it('is taken from a process that gives no sign of life, whose attempt has no effect then', async () => {
    const jobs = new BundleJobs(gateway.pool);
    const id = '0197a000-0000-7000-8000-000000000001';
    const context = JSON.stringify({
      access: { tenant: { id: 'tenant-1', key: 1 }, client: 'test-client', scopes: ['system/*.cruds'] },
      wishes: { baseUrl: `${gateway.url}/fhir/r4`, own: [], prefer: 'minimal' },
    });
    await gateway.pool.query(
      `INSERT INTO fhir_bundle_jobs (tenant, id, client, request, context, attempts, lease_until)
       VALUES (1, $1, 'test-client', $2, $3, 1, now() + interval '1 second')`,
      [id, JSON.stringify(transaction(put(patient({ id: 'orphan' })))), context],
    );
    expect((await answerOf(`/_async/${id}`)).json.type).toBe('transaction-response');
    const lost = { id, attempt: 1 };
    expect(await jobs.renew(1, lost)).toBe(false);
    expect(await jobs.finish(1, lost, { status: 200, headers: {}, body: '' })).toBe(false);
    await gateway.pool.query(
      `UPDATE fhir_bundle_jobs SET attempts = 5, finished_at = NULL, answer = NULL WHERE id = $1`,
      [id],
    );
    expect((await answerOf(`/_async/${id}`)).status).toBe(500);
  });

  it('waits for its turn among few of its tenant', async () => {
    await gateway.pool.query(
      `INSERT INTO fhir_bundle_jobs (tenant, id, client, request, context, lease_until)
       SELECT 1, gen_random_uuid(), 'x', '{}', '{}', now() + interval '1 hour' FROM generate_series(1, 20)`,
    );
    const reply = await gateway.send('POST', '', transaction(), LATER);
    expect([reply.status, reply.json.issue[0].code, reply.headers.get('retry-after')]).toEqual([429, 'throttled', '5']);
    expect((await answerOf(await start(transaction(), as(2, 'system/*.cruds')), as(2, 'system/*.cruds'))).status).toBe(
      200,
    );
    await gateway.pool.query(`DELETE FROM fhir_bundle_jobs WHERE client = 'x'`);
  });
});
