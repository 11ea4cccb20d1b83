import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ofSuite } from '#libs/testing';
import {
  heartRate,
  patient,
  post,
  put,
  TestFhirGateway,
  transaction,
  type Reply,
} from '../../../../test/support/fhir-gateway.js';

const CONNECTIONS = 6;
const gateway = ofSuite(() => TestFhirGateway.open(CONNECTIONS));

async function transactions(): Promise<number> {
  await gateway.pool.query('SELECT pg_stat_force_next_flush()');
  // Every version that was written in one transaction has its number.
  const { rows } = await gateway.pool.query<{ n: number }>(
    'SELECT count(DISTINCT xmin::text)::int AS n FROM fhir_resources',
  );
  return rows[0]?.n ?? 0;
}

function person(n: number): object {
  const bundle = [
    { ...post(patient({}), `urn:uuid:0c0a6f3e-0000-4000-8000-${String(n).padStart(12, '0')}`) },
    post(heartRate(`urn:uuid:0c0a6f3e-0000-4000-8000-${String(n).padStart(12, '0')}`, 60 + (n % 40))),
  ];
  return transaction(...bundle);
}

describe('small requests at once', () => {
  it('share transactions, and each is answered as if it had been alone', async () => {
    // What the first request compiles keeps no other from being read.
    await gateway.send('POST', '', person(60));
    const before = await transactions();
    const come = gateway.arrived();
    const bad = transaction(post(heartRate('Patient/nobody', 60)));
    // Nothing is begun until all have come, however slowly this machine reads them: a lock would be waited for 300 ms only.
    const holders = await Promise.all(Array.from({ length: CONNECTIONS }, () => gateway.pool.connect()));
    const sent = Array.from({ length: 60 }, (_, n) => gateway.send('POST', '', n % 10 === 9 ? bad : person(n)));
    while (gateway.arrived() - come < 60) await sleep(20);
    // Their bodies are read.
    await sleep(500);
    for (const holder of holders) holder.release();
    const answers = await Promise.all(sent);
    expect(answers.map(({ status }) => status)).toEqual(
      Array.from({ length: 60 }, (_, n) => (n % 10 === 9 ? 422 : 200)),
    );
    expect((await transactions()) - before).toBeLessThan(10);
    const ids = answers.filter(({ status }) => status === 200).map(locationOf);
    expect(new Set(ids).size).toBe(54);
    const { rows } = await gateway.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM log_records WHERE value LIKE '%"kind":"clinical"%'`,
    );
    expect(rows).toEqual([{ n: 55 }]);
  });

  it('that write one resource come one after the other, each on the version before', async () => {
    await gateway.send('PUT', '/Patient/one', patient({ id: 'one' }));
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        gateway.send('POST', '', transaction(put(patient({ id: 'one', birthDate: `19${50 + n}-01-01` })))),
      ),
    );
    const etags = answers.map(({ json }) => Number(/\d+/.exec(json.entry[0].response.etag)?.[0]));
    expect(etags.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n + 2));
  });

  it('that mean one resource by its identifier make it once, and then change it', async () => {
    const identifier = [{ system: 'urn:mrn', value: 'shared' }];
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        gateway.send('PUT', '/Patient?identifier=urn:mrn|shared', patient({ identifier })),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    const versions = answers.map(({ json }) => Number(json.meta.versionId)).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    const history = await gateway.send('GET', `/Patient/${answers[0]?.json.id}/_history`);
    expect(history.json.total).toBe(20);
    const found = await gateway.send('GET', '/Patient?identifier=urn:mrn|shared');
    expect(found.json.total).toBe(1);
  });

  it('are answered while one of them waits for a row that others have locked', async () => {
    await gateway.send('PUT', '/Patient/locked', patient({ id: 'locked' }));
    const client = await gateway.pool.connect();
    await client.query('BEGIN');
    await client.query(`SELECT FROM fhir_resources WHERE type = 'Patient' AND id = 'locked' FOR UPDATE`);
    try {
      let isDone = false;
      const waiting = gateway.send('PUT', '/Patient/locked', patient({ id: 'locked' })).then((reply) => {
        isDone = true;
        return reply;
      });
      const others = await Promise.all(Array.from({ length: 20 }, (_, n) => gateway.send('POST', '', person(100 + n))));
      expect([others.every(({ status }) => status === 200), isDone]).toEqual([true, false]);
      await client.query('COMMIT');
      expect((await waiting).status).toBe(200);
    } finally {
      client.release();
    }
  });
});

function locationOf({ json }: Reply): string {
  return json.entry[0].response.location;
}
