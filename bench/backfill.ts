import { parseArgs } from 'node:util';
import pg from 'pg';
import { PARTITIONS, twinKey, TOPICS } from '#libs/contracts';
import { partitionOf } from '#libs/platform/messaging';
import { Deployment } from '../test/support/deployment.js';
import { startOwnServices } from '../test/support/services.js';
import { AppProcess, Client } from '../test/support/system.js';
import { WebhookReceiver } from '../test/support/webhook-receiver.js';
import { machine, percentile } from './machine.js';
import { latencyPhase, pause } from './phases.js';

/**
 * `npm run bench:backfill`: what one patient's backlog costs, and what others notice of it. A patient has `--hours` of heart rate at 1 Hz;
 * then another device sends the same time in requests of 100, while alerts of other patients, in the same partition of the log, are timed
 * from sample to webhook. Then limits are set for a tenant of `--tenant` patients, while requests of samples are timed. In one process on
 * the Postgres log, or with `--kafka` every app a process of its own.
 */
const { values: options } = parseArgs({
  options: {
    hours: { type: 'string', default: '12' },
    alerts: { type: 'string', default: '150' },
    tenant: { type: 'string', default: '50000' },
    kafka: { type: 'boolean', default: false },
  },
});
const TENANT_KEY = 1;
const PER_REQUEST = 100;

interface System {
  readonly client: Client;
  stop(): Promise<void>;
}

async function startSystem(urls: {
  readonly postgres: string;
  readonly redis?: string;
  readonly kafka?: string;
}): Promise<System> {
  const { postgres, redis, kafka } = urls;
  if (redis !== undefined && kafka !== undefined) return Deployment.start({ postgres, redis, kafka }, 1);
  const app = await AppProcess.start('all-in-one', { DATABASE_URL: postgres });
  const client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
  await client.login();
  return {
    client,
    stop: async () => {
      await client.close();
      await app.stop();
    },
  };
}

/** Ids that share the partition of the first, so that they share its order and its transactions. */
function neighbours(first: string, prefix: string, count: number): string[] {
  const of = (patient: string): number =>
    partitionOf(twinKey(TENANT_KEY, 'patient', patient), PARTITIONS[TOPICS.patientInput]);
  const found: string[] = [];
  for (let i = 0; found.length < count; i++) if (of(`${prefix}-${i}`) === of(first)) found.push(`${prefix}-${i}`);
  return found;
}

function heartRates(patient: string, source: string, start: number, count: number): unknown {
  return Array.from({ length: count }, (_, i) => ({
    patient,
    source,
    code: 'heart-rate',
    unit: '/min',
    value: 70 + (i % 9),
    effectiveAt: new Date(start + i * 1000).toISOString(),
  }));
}

async function send(client: Client, bodies: readonly unknown[], atOnce: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < bodies.length) {
        const body = bodies[next++];
        let answer = await client.samples<{ accepted?: number }>(body);
        for (; answer.status === 429; answer = await client.samples(body)) await pause(1000);
        if (answer.status !== 202 || answer.body.accepted !== PER_REQUEST)
          throw new Error(`samples: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
    }),
  );
}

async function untilStored(pool: pg.Pool, count: number): Promise<void> {
  for (const end = performance.now() + 300_000; performance.now() < end;) {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM measurements m JOIN twins t ON t.key = m.twin WHERE t.patient = 'heavy'`,
    );
    if (rows[0]!.n >= count) return;
    await pause(100);
  }
  throw new Error('the engine did not catch up within five minutes');
}

async function backlog(system: System, pool: pg.Pool, receiver: WebhookReceiver): Promise<void> {
  const { client } = system;
  const seconds = Number(options.hours) * 3600;
  const alerts = Number(options.alerts);
  const start = Date.now() - seconds * 1000 - 60_000;
  const bodiesOf = (source: string, offset: number): unknown[] =>
    Array.from({ length: seconds / PER_REQUEST }, (_, i) =>
      JSON.stringify(heartRates('heavy', source, start + offset + i * PER_REQUEST * 1000, PER_REQUEST)),
    );
  const before = neighbours('heavy', 'before', alerts);
  const during = neighbours('heavy', 'during', alerts);
  const patients = ['heavy', ...before, ...during];
  for (let i = 0; i < patients.length; i += 50) {
    const entry = patients.slice(i, i + 50).map((id) => ({
      resource: { resourceType: 'Patient', id },
      request: { method: 'PUT', url: `Patient/${id}` },
    }));
    const answer = await client.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
    if (answer.status !== 200) throw new Error(`patients: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  const began = performance.now();
  // In order, as a live stream comes.
  await send(client, bodiesOf('live', 0), 1);
  await untilStored(pool, seconds);
  print('live_seconds', (performance.now() - began) / 1000, `${seconds} values in order`);
  await pause(1000);
  const calm = await latencyPhase(client, receiver, [], before, { rate: 10, alertsPerSecond: 10 });
  let took = 0;
  const bodies = bodiesOf('late', 500);
  const late = (async () => {
    await pause(2_000);
    const from = performance.now();
    await send(client, bodies, 8);
    await untilStored(pool, 2 * seconds);
    took = (performance.now() - from) / 1000;
  })();
  const busy = await latencyPhase(client, receiver, [], during, { rate: 10, alertsPerSecond: 10 });
  await late;
  print('backlog_values', seconds, `in ${seconds / PER_REQUEST} requests, over as many live ones`);
  print('backlog_seconds', took, 'from the first request until the last value was stored');
  for (const share of [0.5, 0.99]) {
    const [calmMs, busyMs] = [percentile(calm.latencies, share), percentile(busy.latencies, share)];
    const name = `neighbour_alert_p${share * 100}_ms`;
    print(`${name} calm`, calmMs, `${calm.latencies.length} alerts, ${calm.missing} missing`);
    print(`${name} backlog`, busyMs, `${busy.latencies.length} alerts, ${busy.missing} missing`);
    print(`${name} added`, busyMs - calmMs, '');
  }
}

async function tenantLimits(system: System, pool: pg.Pool): Promise<void> {
  const { client } = system;
  await pool.query(
    `INSERT INTO twins (tenant, patient) SELECT $1, 'many-' || i FROM generate_series(1, $2::int) AS i`,
    [TENANT_KEY, Number(options.tenant)],
  );
  const times = async (ms: number): Promise<number[]> => {
    const list: number[] = [];
    for (const end = performance.now() + ms; performance.now() < end;) {
      const begun = performance.now();
      await client.samples(heartRates('heavy', 'live', Date.now(), 1));
      list.push(performance.now() - begun);
      await pause(10);
    }
    return list;
  };
  const calm = await times(5_000);
  const begun = performance.now();
  const measuring = times(10_000);
  const thresholds = [{ rule: 'glucose-low', limits: { limit: 65 }, reason: 'bench' }];
  const answer = await client.api('PUT', '/v1/thresholds', { thresholds });
  print('tenant_limits_answer_ms', performance.now() - begun, `status ${answer.status}, ${options.tenant} patients`);
  const busy = await measuring;
  while ((await pool.query('SELECT 1 FROM tenant_acts')).rowCount !== 0) await pause(200);
  print('tenant_limits_seconds', (performance.now() - begun) / 1000, 'until the act was in the log of every patient');
  print('append_p99_ms calm', percentile(calm, 0.99), `${calm.length} requests of one sample`);
  print('append_p99_ms limits', percentile(busy, 0.99), `${busy.length} requests of one sample`);
  print('append_max_ms limits', Math.max(...busy), '');
}

function print(name: string, value: number, note: string): void {
  console.log(`${name.padEnd(40)} ${value.toFixed(1).padStart(10)}  ${note}`);
}

async function main(): Promise<void> {
  console.log(machine());
  const services = await startOwnServices(options.kafka ? ['postgres', 'redis', 'kafka'] : ['postgres']);
  const receiver = await WebhookReceiver.start();
  const pool = new pg.Pool({ connectionString: services.postgres.url, max: 2 });
  const postgres = services.postgres.url;
  const system = await startSystem(
    options.kafka ? { postgres, redis: services.redis.url, kafka: services.kafka.url } : { postgres },
  );
  try {
    await system.client.api('POST', '/v1/webhooks', { url: receiver.url });
    await backlog(system, pool, receiver);
    await tenantLimits(system, pool);
  } finally {
    await pool.end();
    await system.stop();
    await receiver.stop();
    await services.stop();
  }
}

await main();
