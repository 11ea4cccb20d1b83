import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Deployment } from '../test/support/deployment.js';
import { startOwnServices } from '../test/support/services.js';
import { WebhookReceiver } from '../test/support/webhook-receiver.js';
import { measureFloor } from './floor.js';
import { CpuShares, machine, percentile, processesOf } from './machine.js';
import { bundlesPhase, createPatients, latencyPhase, pause, samplesPhase, transactionsPhase } from './phases.js';

/**
 * `npm run bench`: Kafka, Postgres, Redis, all apps and the client on this machine. Prints machine, load, figures, and each
 * throughput also as a ratio to a raw floor measured in the same run. Writes the same to bench/out/latest.json.
 */
const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '200' },
    requests: { type: 'string', default: '3000' },
    bundles: { type: 'string', default: '300' },
    transactions: { type: 'string', default: '2000' },
    alerts: { type: 'string', default: '100' },
    rate: { type: 'string', default: '400' },
    engines: { type: 'string', default: '1' },
  },
});

const PER_REQUEST = 100;
const BUNDLE_ENTRIES = 50;

async function main(): Promise<void> {
  const figures: Record<string, number> = {};
  console.log(machine());
  const services = await startOwnServices(['postgres', 'redis', 'kafka']);
  const versions = await serviceVersions(services.postgres.url);
  console.log(versions);
  const receiver = await WebhookReceiver.start();
  const system = await Deployment.start(
    { postgres: services.postgres.url, redis: services.redis.url, kafka: services.kafka.url },
    Number(options.engines),
  );
  const pool = new pg.Pool({ connectionString: services.postgres.url, max: 2 });
  try {
    await system.client.api('POST', '/v1/webhooks', { url: receiver.url });
    const patients = await createPatients(system.client, 'bench', Number(options.patients));
    const base = Date.now() - 30 * 24 * 3600_000;

    await samplesPhase(system.client, pool, patients, { requests: 300, perRequest: PER_REQUEST, atOnce: 8, base });
    const load = { requests: Number(options.requests), perRequest: PER_REQUEST, atOnce: 8, base: base + 3600_000 };
    const shares = new CpuShares(processesOf(system, services));
    const samples = await samplesPhase(system.client, pool, patients, load);
    print(
      figures,
      'samples_per_second',
      samples.perSecond,
      `${samples.samples} samples in requests of ${PER_REQUEST}, applied, state and history written`,
    );
    print(figures, 'samples_429', samples.refusedFull, 'requests answered 429 and sent again');
    let total = 0;
    for (const [name, seconds] of Object.entries(shares.used())) {
      const used = (seconds / samples.samples) * 1000;
      total += used;
      print(figures, `cpu_seconds_per_1000_samples ${name}`, used, '');
    }
    print(figures, 'cpu_seconds_per_1000_samples all', total, '');
    print(figures, 'bytes_per_sample', await bytesPerSample(pool), 'table and indexes of measurements');

    const bundles = await bundlesPhase(
      system.client,
      patients,
      Number(options.bundles),
      BUNDLE_ENTRIES,
      4,
      base + 7200_000,
    );
    print(
      figures,
      'resources_per_second',
      bundles.resourcesPerSecond,
      `transaction bundles of ${BUNDLE_ENTRIES} entries, 4 clients`,
    );
    print(figures, 'bundle_p99_ms', percentile(bundles.times, 0.99), '');
    const transactions = await transactionsPhase(system.client, Number(options.transactions), 16, base + 10_800_000);
    print(figures, 'transactions_per_second', transactions.perSecond, 'Patient + Observation, 16 clients');
    print(figures, 'transaction_p99_ms', percentile(transactions.times, 0.99), '');

    await pause(3000);
    const subjects = await createPatients(system.client, 'subject', Number(options.alerts));
    const latency = await latencyPhase(system.client, receiver, patients, subjects, {
      rate: Number(options.rate),
      alertsPerSecond: 10,
    });
    print(figures, 'latency_rate', latency.achievedRate, 'samples/s, open loop, one sample a request');
    print(
      figures,
      'sample_to_webhook_p50_ms',
      percentile(latency.latencies, 0.5),
      `${latency.latencies.length} alerts`,
    );
    print(figures, 'sample_to_webhook_p99_ms', percentile(latency.latencies, 0.99), `${latency.missing} missing`);
    await system.stop();

    const floor = await measureFloor(
      { kafka: services.kafka.url, postgres: services.postgres.url, redis: services.redis.url },
      { patients: patients.length, requests: load.requests, perRequest: PER_REQUEST },
    );
    print(
      figures,
      'floor_samples_per_second',
      floor.samplesPerSecond,
      'same payloads: kafkajs → parse → unnest with offset → pipelined Redis',
    );
    print(figures, 'samples_ratio_to_floor', samples.perSecond / floor.samplesPerSecond, '');
    print(figures, 'resources_ratio_to_floor', bundles.resourcesPerSecond / floor.samplesPerSecond, '');
    print(figures, 'transactions_ratio_to_floor', transactions.perSecond / floor.samplesPerSecond, '');
  } finally {
    await pool.end();
    await system.stop();
    await receiver.stop();
    await services.stop();
  }
  mkdirSync('bench/out', { recursive: true });
  writeFileSync(
    'bench/out/latest.json',
    `${JSON.stringify({ machine: machine(), versions, options, figures }, null, 2)}\n`,
  );
}

function print(figures: Record<string, number>, name: string, value: number, note: string): void {
  figures[name] = value;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 4;
  console.log(`${name.padEnd(48)} ${value.toFixed(digits).padStart(10)}  ${note}`);
}

async function bytesPerSample(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    `SELECT (sum(pg_total_relation_size(inhrelid)) / (SELECT count(*) FROM measurements))::float8 AS bytes
     FROM pg_inherits WHERE inhparent = 'measurements'::regclass`,
  );
  return rows[0]?.bytes ?? Number.NaN;
}

async function serviceVersions(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return `PostgreSQL ${rows[0]?.server_version ?? '?'}, Kafka 4.4 (one node, KRaft), Redis; all on this machine with the client`;
}

await main();
