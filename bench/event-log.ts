/**
 * Throughput of the event log adapters alone: produce, then consume with an empty handler, records of 1, 4 and 8 KB (8 KB is about
 * 100 samples of one patient). Needs DATABASE_URL (a server where a database may be created) and, for Kafka, KAFKA_BROKERS.
 * Prints one line per adapter and size.
 */
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { ensureTopics, KafkaEventLog, PostgresEventLog, type EventLog } from '#libs/platform/messaging';

const PARTITIONS = 12;
const SAMPLES_PER_8_KB = 100;
const IN_FLIGHT = 400;

const server = process.env['DATABASE_URL'];
const brokers = process.env['KAFKA_BROKERS']?.split(',');

if (server !== undefined) await withDatabase(server, benchPostgres);
if (brokers !== undefined) await benchKafka(brokers);

async function benchPostgres(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  for (const size of [1_000, 4_000, 8_000]) {
    const topic = `bench-${size}`;
    const log = new PostgresEventLog({ pool, databaseUrl: url, partitions: { [topic]: PARTITIONS } });
    await measure('postgres', log, topic, size);
    await log.close();
  }
  await pool.end();
}

async function benchKafka(addresses: string[]): Promise<void> {
  for (const size of [1_000, 4_000, 8_000]) {
    const topic = `bench-${size}-${Date.now()}`;
    const partitions = { [topic]: PARTITIONS };
    await ensureTopics({ brokers: addresses, clientId: 'bench', partitions });
    const log = new KafkaEventLog({ brokers: addresses, clientId: 'bench', partitions });
    await measure('kafka', log, topic, size);
    await log.close();
  }
}

async function measure(name: string, log: EventLog, topic: string, size: number): Promise<void> {
  const total = Math.min(40_000, Math.floor(80_000_000 / size));
  await log.append([{ topic, key: 'warm', value: 'up' }]);
  const produced = await timed(() => produce(log, topic, size, total));
  let seen = 0;
  const consumed = await timed(async () => {
    const done = Promise.withResolvers<void>();
    const consumer = await log.consume({
      group: topic,
      topic,
      maxBatch: 500,
      onBatch: async (batch) => {
        seen += batch.records.length;
        if (seen > total) done.resolve();
        return { kind: 'applied' };
      },
    });
    await done.promise;
    await consumer.stop();
  });
  const rate = (seconds: number) => Math.round(total / seconds);
  const samples = Math.round((size / 8_000) * SAMPLES_PER_8_KB);
  console.log(
    `${name} ${size} B: produce ${rate(produced.seconds)} records/s (${rate(produced.seconds) * samples} samples/s, ` +
      `${(total / produced.cpu).toFixed(0)} records/CPU-s of Node), consume ${rate(consumed.seconds)} records/s (${(total / consumed.cpu).toFixed(0)}/CPU-s)`,
  );
}

/** As many gateway requests as one process has in flight under load: {@link IN_FLIGHT} calls of one record each. */
async function produce(log: EventLog, topic: string, size: number, total: number): Promise<void> {
  const values = Array.from({ length: 64 }, (_, seed) => samplesOf(size, seed));
  let sent = 0;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (sent < total) {
        const n = sent++;
        await log.append([{ topic, key: `1/patient-${n % 1_000}`, value: values[n % values.length]! }]);
      }
    }),
  );
}

/** JSON of about `size` bytes that looks like samples: it compresses as such do. */
function samplesOf(size: number, seed: number): string {
  const samples: unknown[] = [];
  let length = 0;
  for (let i = seed; length < size; i++) {
    const sample = {
      measure: (i % 14) + 1,
      at: 1_795_000_000_000 + ((i * 7_919) % 86_400_000),
      value: 60 + ((i * 37) % 400) / 10,
      seq: i,
    };
    length += JSON.stringify(sample).length + 1;
    samples.push(sample);
  }
  return JSON.stringify({ samples });
}

async function timed(run: () => Promise<void>): Promise<{ seconds: number; cpu: number }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await run();
  const used = process.cpuUsage(cpu);
  return { seconds: (performance.now() - started) / 1_000, cpu: (used.user + used.system) / 1e6 };
}

async function withDatabase(url: string, run: (url: string) => Promise<void>): Promise<void> {
  const name = `bench_log_${process.pid}`;
  await execute(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  try {
    await execute(own.href, await readFile('prisma/migrations/20261123000000_init/migration.sql', 'utf8'));
    await run(own.href);
  } finally {
    await execute(url, `DROP DATABASE ${name} WITH (FORCE)`);
  }
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
