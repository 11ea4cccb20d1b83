import { Kafka, logLevel, type EachBatchPayload } from 'kafkajs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { sampleBatch } from './payload.js';
import { cpuSeconds } from './machine.js';

/**
 * The raw floor: the same payloads through kafkajs → JSON.parse → `unnest` with the offset in one transaction → pipelined
 * Redis, with no product in between (no HTTP, validation, identity, rules or state). What the parts cost alone.
 */
export async function measureFloor(
  services: { readonly kafka: string; readonly postgres: string; readonly redis: string },
  load: { readonly patients: number; readonly requests: number; readonly perRequest: number },
): Promise<{ readonly samplesPerSecond: number; readonly cpuSecondsPerThousand: number }> {
  const topic = `floor-${process.pid}`;
  const kafka = new Kafka({ clientId: 'floor', brokers: services.kafka.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true });
  const pool = new pg.Pool({ connectionString: services.postgres, max: 4 });
  await pool.query(`CREATE TABLE IF NOT EXISTS floor_samples (patient text, code text, at timestamptz, value float8, unit text, PRIMARY KEY (patient, code, at));
    CREATE TABLE IF NOT EXISTS floor_offsets (topic text, partition int, next bigint, PRIMARY KEY (topic, partition))`);
  const redis = new Redis(services.redis);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 5 });
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 50 });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic, fromBeginning: true });

  const expected = load.requests * load.perRequest;
  let applied = 0;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 4,
    eachBatch: async (payload) => {
      const rows = await applyBatch(pool, redis, topic, payload);
      applied += rows;
      if (applied >= expected) finish();
    },
  });

  const base = Date.UTC(2026, 0, 1);
  const values = Array.from({ length: load.requests }, (_, index) => ({
    key: `p${index % load.patients}`,
    value: JSON.stringify(
      sampleBatch(
        `p${index % load.patients}`,
        base + Math.floor(index / load.patients) * load.perRequest * 1000,
        load.perRequest,
      ),
    ),
  }));
  const cpuBefore = cpuSeconds(process.pid);
  const from = performance.now();
  for (let index = 0; index < values.length; index += 20) {
    await producer.send({ topic, acks: -1, messages: values.slice(index, index + 20) });
  }
  await finished;
  const seconds = (performance.now() - from) / 1000;
  const cpu = cpuSeconds(process.pid) - cpuBefore;
  await Promise.all([consumer.disconnect(), producer.disconnect()]);
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
  await pool.query('DROP TABLE floor_samples, floor_offsets');
  await pool.end();
  redis.disconnect();
  return { samplesPerSecond: expected / seconds, cpuSecondsPerThousand: (cpu / expected) * 1000 };
}

interface FloorSample {
  patient: string;
  code: string;
  effectiveAt: string;
  value: number;
  unit: string;
}

const ROWS_PER_TRANSACTION = 2000;

async function applyBatch(pool: pg.Pool, redis: Redis, topic: string, payload: EachBatchPayload): Promise<number> {
  let done = 0;
  let rows: FloorSample[] = [];
  for (const message of payload.batch.messages) {
    rows.push(...(JSON.parse(String(message.value)) as FloorSample[]));
    if (rows.length >= ROWS_PER_TRANSACTION || message === payload.batch.messages.at(-1)) {
      await applyRows(pool, redis, topic, payload.batch.partition, BigInt(message.offset) + 1n, rows);
      done += rows.length;
      rows = [];
      await payload.heartbeat();
    }
    payload.resolveOffset(message.offset);
  }
  return done;
}

async function applyRows(
  pool: pg.Pool,
  redis: Redis,
  topic: string,
  partition: number,
  next: bigint,
  rows: readonly FloorSample[],
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query({
      name: 'floor-insert',
      text: `INSERT INTO floor_samples SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::float8[], $5::text[]) ON CONFLICT DO NOTHING`,
      values: [
        rows.map((row) => row.patient),
        rows.map((row) => row.code),
        rows.map((row) => row.effectiveAt),
        rows.map((row) => row.value),
        rows.map((row) => row.unit),
      ],
    });
    await client.query({
      name: 'floor-offset',
      text: `INSERT INTO floor_offsets VALUES ($1, $2, $3) ON CONFLICT (topic, partition) DO UPDATE SET next = excluded.next`,
      values: [topic, partition, next],
    });
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  const pipeline = redis.pipeline();
  for (const row of rows) pipeline.hset(`floor:${row.patient}`, row.code, `${row.value}|${row.effectiveAt}`);
  await pipeline.exec();
}
