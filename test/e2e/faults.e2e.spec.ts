import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Deployment } from '../support/deployment.js';
import { startOwnServices, type OwnServices } from '../support/services.js';
import { SAMPLES_PER_PATIENT, streamWard, type WardLoad } from '../support/ward/ward-load.js';
import { settled, type WardOutcome } from '../support/ward/ward-outcome.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const PATIENTS = 12;
const PAUSE_MS = 150;
/** How long an endpoint is dead from the start on: other faults come and go meanwhile. */
const DEAD_MS = 120_000;

/** Nothing lost, nothing doubled, whatever is broken while a ward streams. */
describe('faults under load on real Kafka, Postgres and Redis', () => {
  let services: OwnServices;
  let system: Deployment;
  let receiver: WebhookReceiver;
  /** Another endpoint of the same subscriber, dead for minutes. */
  let dead: WebhookReceiver;
  let refused = 0;
  const wards: WardLoad[] = [];
  let pool: pg.Pool;
  const table: Record<string, WardOutcome> = {};

  beforeAll(async () => {
    services = await startOwnServices(['postgres', 'redis', 'kafka']);
    system = await Deployment.start(
      { postgres: services.postgres.url, redis: services.redis.url, kafka: services.kafka.url },
      2,
    );
    pool = new pg.Pool({ connectionString: services.postgres.url, max: 2 });
    pool.on('error', () => undefined);
    receiver = await subscribe();
    dead = await subscribe();
    const deadUntil = Date.now() + DEAD_MS;
    dead.answer = () => {
      if (Date.now() > deadUntil) return 200;
      refused += 1;
      return 503;
    };
  }, 180_000);

  afterAll(async () => {
    console.table(table);
    await pool?.end();
    await receiver?.stop();
    await dead?.stop();
    await system?.stop();
    await services?.stop();
  }, 60_000);

  const faults: readonly (readonly [string, () => Promise<void>])[] = [
    ['no fault', async () => undefined],
    ['kill -9 wearable-gateway', () => killAndRestart(() => system.wearable)],
    ['kill -9 fhir-gateway', () => killAndRestart(() => system.fhir)],
    [
      'kill -9 twin-engine, twice',
      async () => {
        await killAndRestart(() => system.engines[0]);
        await killAndRestart(() => system.engines[1]);
      },
    ],
    ['kill -9 alert-dispatcher', () => killAndRestart(() => system.dispatcher)],
    ['kill -9 twin-api', () => killAndRestart(() => system.api)],
    [
      'rebalance: an engine comes, one goes',
      async () => {
        await system.addEngine();
        await sleep(1500);
        await system.removeEngine();
      },
    ],
    [
      'Redis flushed',
      async () => {
        const redis = new Redis(services.redis.url);
        await redis.flushall();
        redis.disconnect();
      },
    ],
    ['broker restarted', () => services.kafka.restart()],
    ['Postgres restarted', () => services.postgres.restart()],
  ];
  const NOTHING_LOST = {
    accepted: PATIENTS * SAMPLES_PER_PATIENT,
    applied: PATIENTS * SAMPLES_PER_PATIENT,
    duplicates: 0,
    episodes: PATIENTS,
    raised: PATIENTS,
    resolved: PATIENTS,
    outOfOrder: 0,
  };

  async function subscribe(): Promise<WebhookReceiver> {
    const endpoint = await WebhookReceiver.start();
    const made = await system.client.api<{ secret: string }>('POST', '/v1/webhooks', { url: endpoint.url });
    expect(made.status).toBe(201);
    endpoint.secret = made.body.secret;
    return endpoint;
  }

  it.each(faults.map(([name, fault], index) => [name, fault, index] as const))(
    '%s',
    async (name, fault, index) => {
      const streaming = streamWard(system.client, `f${index}`, PATIENTS, PAUSE_MS);
      await sleep(800 + Math.random() * 2000);
      await fault();
      const load = await streaming;
      const outcome = await settled(load, pool, receiver);
      table[name] = outcome;
      expect(outcome).toMatchObject(NOTHING_LOST);
      wards.push(load);
    },
    400_000,
  );

  it('webhook endpoint dead for minutes', async () => {
    for (const [n, load] of wards.entries()) {
      const outcome = await settled(load, pool, dead);
      if (n === 0) table['webhook endpoint dead'] = outcome;
      expect(outcome).toMatchObject(NOTHING_LOST);
    }
    // Each episode of the first ward at least twice.
    expect(refused).toBeGreaterThan(2 * PATIENTS);
  }, 400_000);

  it('every webhook was signed, and every message that came twice came under one id', () => {
    const received = [...receiver.received, ...dead.received];
    expect(received.every((message) => message.signed)).toBe(true);
    const told = new Map<string, string>();
    for (const { id, data, type } of received) {
      const what = `${data.episode} ${type} ${data.raisedAt}`;
      expect(told.get(id) ?? what).toBe(what);
      told.set(id, what);
    }
  });

  async function killAndRestart(
    which: () => { kill(): Promise<void>; start(): Promise<void> } | undefined,
  ): Promise<void> {
    const app = which();
    if (app === undefined) throw new Error('no such app');
    await app.kill();
    await sleep(Math.random() * 1000);
    await app.start();
    await system.client.login();
  }
});

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
