import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { until } from '#libs/testing';
import { Deployment } from '../support/deployment.js';
import { startOwnServices, type OwnServices } from '../support/services.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const SECONDS = 6_000;
const PER_REQUEST = 100;

/** The thread of the backlog lane, as it is compiled, on the real log: killed at work, and another engine resumes. */
describe("a patient's backlog on real Kafka, Postgres and Redis", () => {
  let services: OwnServices;
  let system: Deployment;
  let receiver: WebhookReceiver;
  let pool: pg.Pool;

  beforeAll(async () => {
    services = await startOwnServices(['postgres', 'redis', 'kafka']);
    const { postgres, redis, kafka } = services;
    system = await Deployment.start({ postgres: postgres.url, redis: redis.url, kafka: kafka.url }, 2);
    pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
    receiver = await WebhookReceiver.start();
    expect((await system.client.api('POST', '/v1/webhooks', { url: receiver.url })).status).toBe(201);
    for (const id of ['heavy', ...Array.from({ length: 10 }, (_, i) => `other-${i}`)])
      expect((await system.client.fhir('PUT', `/Patient/${id}`, { resourceType: 'Patient', id })).status).toBe(201);
  }, 180_000);

  afterAll(async () => {
    await pool?.end();
    await receiver?.stop();
    await system?.stop();
    await services?.stop();
  }, 60_000);

  async function count(sql: string): Promise<number> {
    return (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0]?.n ?? 0;
  }

  async function sendHeartRates(source: string, start: number): Promise<void> {
    for (let i = 0; i < SECONDS; i += PER_REQUEST) {
      const samples = Array.from({ length: PER_REQUEST }, (_, k) => ({
        patient: 'heavy',
        source,
        code: 'heart-rate',
        unit: '/min',
        value: 70 + ((i + k) % 9),
        effectiveAt: new Date(start + (i + k) * 1000).toISOString(),
      }));
      expect((await system.client.samples(samples)).status).toBe(202);
    }
  }

  const stored = (): Promise<number> =>
    count(`measurements m JOIN twins t ON t.key = m.twin WHERE t.patient = 'heavy' AND m.code = 1`);

  it('is applied once and in order over kill -9, and alerts of others are sent meanwhile', async () => {
    const start = Date.now() - (SECONDS + 60) * 1000;
    await sendHeartRates('live', start);
    await until(async () => (await stored()) === SECONDS, 90_000);
    const late = sendHeartRates('late', start + 500);
    await until(async () => (await count('deferred_records')) > 0, 90_000);
    for (let i = 0; i < 10; i++) {
      const glucose = { patient: `other-${i}`, code: 'glucose', unit: 'mg/dL', value: 60 };
      const answer = await system.client.samples([{ ...glucose, effectiveAt: new Date().toISOString() }]);
      expect(answer.status).toBe(202);
    }
    await late;
    const [first] = system.engines;
    await first!.kill();
    await first!.start();
    await until(async () => (await stored()) === 2 * SECONDS && (await count('deferred_records')) === 0, 90_000);
    const distinct = await pool.query<{ n: number }>(
      `SELECT count(DISTINCT (m.effective_at, m.identity))::int AS n FROM measurements m JOIN twins t ON t.key = m.twin
       WHERE t.patient = 'heavy' AND m.version = 1`,
    );
    expect(distinct.rows[0]?.n).toBe(2 * SECONDS);
    expect(await count('dead_letters')).toBe(0);
    await receiver.waitFor(
      (messages) =>
        new Set(messages.filter(({ data }) => data.rule.id === 'glucose-low').map(({ data }) => data.patient)).size ===
        10,
      60_000,
    );
  }, 240_000);
});
