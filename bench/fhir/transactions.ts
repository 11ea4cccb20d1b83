import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Deployment } from '../../test/support/deployment.js';
import { startOwnServices } from '../../test/support/services.js';
import type { Client } from '../../test/support/system.js';
import { largeBundle } from './large-bundle.js';
import { CpuShares, machine, percentile, processesOf } from '../machine.js';
import { observationBundle } from '../payload.js';
import { bundlesPhase, closedLoop, createPatients, pause, transactionsPhase } from '../phases.js';

/**
 * `npm run bench:fhir`: the EHR gateway with everything running (Kafka, Postgres, Redis, all apps and the client on this machine):
 * transactions stored, indexed, validated and applied; conditional creates; one large bundle. Beside the first stands a floor of the
 * same run: the same bundles parsed and inserted with one statement and one commit each, with nothing of the product between.
 */
const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '200' },
    bundles: { type: 'string', default: '600' },
    transactions: { type: 'string', default: '4000' },
    creates: { type: 'string', default: '4000' },
    entries: { type: 'string', default: '3000' },
    /** A Synthea bundle (JSON, or gzip of it) in place of the one made here. */
    bundle: { type: 'string' },
  },
});

const BUNDLE_ENTRIES = 50;
const CLIENTS = 16;
const SYSTEM = 'urn:oid:2.16.840.1.113883.4.999.1';
const figures: Record<string, number> = {};

async function main(): Promise<void> {
  console.log(machine());
  const services = await startOwnServices(['postgres', 'redis', 'kafka']);
  const system = await Deployment.start(
    { postgres: services.postgres.url, redis: services.redis.url, kafka: services.kafka.url },
    1,
  );
  const pool = new pg.Pool({ connectionString: services.postgres.url, max: 4 });
  try {
    const { client } = system;
    const patients = await createPatients(client, 'bench', Number(options.patients));
    const base = Date.now() - 30 * 24 * 3600_000;
    await bundlesPhase(client, patients, 40, BUNDLE_ENTRIES, 4, base);

    const before = await applied(pool);
    const shares = new CpuShares(processesOf(system, services));
    const from = performance.now();
    const count = Number(options.bundles);
    const bundles = await bundlesPhase(client, patients, count, BUNDLE_ENTRIES, 4, base + 3600_000);
    const resources = count * BUNDLE_ENTRIES;
    print('resources_per_second', bundles.resourcesPerSecond, `bundles of ${BUNDLE_ENTRIES}, 4 clients, answered`);
    while ((await applied(pool)) - before < resources) await pause(20);
    print('resources_applied_per_second', (resources / (performance.now() - from)) * 1000, 'and in the twins');
    print('bundle_p99_ms', percentile(bundles.times, 0.99), '');
    for (const [name, seconds] of Object.entries(shares.used()))
      print(`cpu_seconds_per_1000_resources ${name}`, (seconds / resources) * 1000, '');

    const ofTransactions = new CpuShares(processesOf(system, services));
    const transactions = await transactionsPhase(client, Number(options.transactions), CLIENTS, base + 7200_000);
    print('transactions_per_second', transactions.perSecond, `Patient + Observation, ${CLIENTS} clients`);
    printShares('transaction', ofTransactions, Number(options.transactions));
    print('transaction_p50_ms', percentile(transactions.times, 0.5), '');
    print('transaction_p99_ms', percentile(transactions.times, 0.99), '');
    const ofCreates = new CpuShares(processesOf(system, services));
    await creates(client, Number(options.creates));
    printShares('create', ofCreates, Number(options.creates));
    await large(client);
    const floor = await measureInsertFloor(pool, patients, count, base + 10_800_000);
    print('floor_resources_per_second', floor, 'the same bundles: JSON.parse, one INSERT of all entries, one commit');
    print('resources_ratio_to_floor', bundles.resourcesPerSecond / floor, '');
  } finally {
    await pool.end();
    await system.stop();
    await services.stop();
  }
  mkdirSync('bench/out', { recursive: true });
  writeFileSync('bench/out/fhir.json', `${JSON.stringify({ machine: machine(), figures }, null, 2)}\n`);
}

/** Each identifier twice: half of the requests create, half find. */
async function creates(client: Client, count: number): Promise<void> {
  const run = Date.now();
  const from = performance.now();
  const times = await closedLoop(count, CLIENTS, async (index) => {
    const value = `${run}-${Math.floor(index / 2)}`;
    const resource = { resourceType: 'Patient', identifier: [{ system: SYSTEM, value }] };
    const request = { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${SYSTEM}|${value}` };
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [{ resource, request }] };
    const answer = await client.fhir('POST', '', bundle);
    if (answer.status !== 200) throw new Error(`create: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
  });
  const perSecond = (count / (performance.now() - from)) * 1000;
  print('conditional_creates_per_second', perSecond, `each identifier twice, ${CLIENTS} clients`);
  print('conditional_create_p99_ms', percentile(times, 0.99), '');
}

async function large(client: Client): Promise<void> {
  const body = options.bundle === undefined ? largeBundle(Number(options.entries)) : given(options.bundle);
  const from = performance.now();
  const answer = await client.fhir<{ entry?: readonly unknown[] }>('POST', '', body);
  const seconds = (performance.now() - from) / 1000;
  if (answer.status !== 200) throw new Error(`large: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
  print('large_bundle_seconds', seconds, `one transaction of ${answer.body.entry?.length} entries`);
}

function given(file: string): unknown {
  const bytes = readFileSync(file);
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}

async function measureInsertFloor(
  pool: pg.Pool,
  patients: readonly string[],
  bundles: number,
  base: number,
): Promise<number> {
  await pool.query(
    'CREATE TABLE floor_resources (tenant int, type text, id text, content text, PRIMARY KEY (tenant, type, id))',
  );
  const texts = Array.from({ length: bundles }, (_, index) =>
    JSON.stringify(observationBundle(patients[index % patients.length] ?? '', base + index * 1000, BUNDLE_ENTRIES)),
  );
  const from = performance.now();
  await closedLoop(bundles, 4, async (index) => {
    const { entry } = JSON.parse(texts[index] ?? '') as { entry: readonly { resource: object }[] };
    await pool.query({
      name: 'floor',
      text: `INSERT INTO floor_resources SELECT 1, 'Observation', i, c FROM unnest($1::text[], $2::text[]) AS u (i, c)`,
      values: [entry.map((_, at) => `${index}-${at}`), entry.map(({ resource }) => JSON.stringify(resource))],
    });
  });
  return ((bundles * BUNDLE_ENTRIES) / (performance.now() - from)) * 1000;
}

/** CPU of each part, ms for one request. */
function printShares(of: string, shares: CpuShares, requests: number): void {
  const used = Object.entries(shares.used()).map(([name, seconds]) => [name, (seconds / requests) * 1000] as const);
  for (const [name, ms] of used) if (ms >= 0.01) print(`cpu_ms_per_${of} ${name}`, ms, '');
}

async function applied(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM measurements');
  return rows[0]?.n ?? 0;
}

function print(name: string, value: number, note: string): void {
  figures[name] = value;
  console.log(`${name}: ${value.toPrecision(4)}${note === '' ? '' : `  (${note})`}`);
}

await main();
