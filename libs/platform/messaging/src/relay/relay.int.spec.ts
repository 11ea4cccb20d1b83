import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { appendInTransaction } from '../postgres/append-in-transaction.js';
import { ensureTopics } from '../kafka/kafka-topics.js';
import { KafkaEventLog } from '../kafka/kafka.js';
import { forward } from './forward.js';
import { startRelay } from './relay.js';
import { createTestDatabase, until } from '#libs/testing';

const brokers = brokersOf(process.env['KAFKA_BROKERS']);

describe('relay from the Postgres log to Kafka', () => {
  let database: { url: string; drop(): Promise<void> };
  let pool: pg.Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 16 });
    pool.on('error', () => undefined);
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await database.drop();
  }, 60_000);

  it('forwards all in order and deletes it, with relays that come, go and lose their sessions', async () => {
    const topic = `relay-${Date.now()}`;
    const partitions = { [topic]: 6 };
    await ensureTopics({ brokers, clientId: 'relay-spec', partitions });
    const options = {
      pool,
      databaseUrl: database.url,
      kafkaBrokers: brokers,
      clientId: 'relay-spec',
      topics: [topic],
      partitions,
    };
    const log = new KafkaEventLog({ brokers, clientId: 'relay-spec', partitions });
    const seen = new Map<string, number[]>();
    let repeated = 0;
    await log.consume({
      group: topic,
      topic,
      maxBatch: 500,
      onBatch: async (batch) => {
        for (const record of batch.records) {
          const value = Number(record.value);
          const values = seen.get(record.key) ?? [];
          seen.set(record.key, values);
          expect(record.headers).toEqual({ source: 'gateway' });
          // What was forwarded twice is known by its identity; the first time counts.
          if (values.includes(value)) repeated++;
          else values.push(value);
        }
        return { kind: 'applied' };
      },
    });
    const [first, second] = await Promise.all([startRelay(options), startRelay(options)]);
    const keys = 20;
    const perKey = 200;
    const writing = Promise.all(
      Array.from({ length: keys }, async (_, key) => {
        for (let i = 0; i < perKey; i++) {
          const client = await pool.connect();
          await client.query('BEGIN');
          await appendInTransaction(
            client,
            [{ topic, key: `1/p${key}`, value: String(i), headers: { source: 'gateway' } }],
            partitions,
          );
          await client.query('COMMIT');
          client.release();
        }
      }),
    );
    await sleep(300);
    await first.stop();
    const third = await startRelay(options);
    await sleep(200);
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'homeostat log relay'`,
    );
    await writing;
    const total = () => [...seen.values()].reduce((sum, values) => sum + values.length, 0);
    const end = Date.now() + 30_000;
    while (total() < keys * perKey && Date.now() < end) await sleep(20);
    expect(total()).toBe(keys * perKey);
    for (const values of seen.values()) expect(values).toEqual(Array.from({ length: perKey }, (_, i) => i));
    console.log(
      `relay: ${keys * perKey} records, 3 relays, sessions cut once: ${repeated} forwarded twice, 0 missing, order kept`,
    );
    await until(async () => (await pool.query(`SELECT 1 FROM log_records WHERE topic = $1`, [topic])).rowCount === 0);
    expect(second.forwarded() + third.forwarded()).toBeGreaterThan(0);
    expect(second.healthy()).toBe(true);
    await Promise.all([second.stop(), third.stop()]);
    await log.close();
  }, 90_000);
});

describe('a relay that has lost its partition', () => {
  it('puts no old record behind newer ones', async () => {
    const database = await createTestDatabase();
    const pool = new pg.Pool({ connectionString: database.url, max: 4, pipeline: true });
    try {
      const sent: string[] = [];
      let begun = (): void => undefined;
      const sending = new Promise<void>((resolve) => (begun = resolve));
      let isSlow = true;
      const target: Parameters<typeof forward>[1] = {
        append: async (records) => {
          // The first one to send is held up, while another relay takes the partition for its own.
          if (isSlow) {
            isSlow = false;
            begun();
            await sleep(300);
          }
          sent.push(...records.map(({ value }) => value));
          return [];
        },
      };
      const batch = (values: readonly number[]): Parameters<typeof forward>[2][number] => ({
        topic: 't',
        partition: 0,
        records: values.map((value) => ({
          topic: 't',
          partition: 0,
          offset: BigInt(value),
          key: '1/p',
          value: String(value),
          headers: {},
          appendedAt: 0,
        })),
        signal: new AbortController().signal,
        heartbeat: () => Promise.resolve(),
      });
      const lost = forward(pool, target, [batch([0, 1, 2])]);
      await sending;
      const owner = await forward(pool, target, [batch([0, 1, 2, 3, 4])]);
      expect(owner).toEqual({ outcomes: [{ kind: 'applied' }], records: 2 });
      expect(await lost).toEqual({ outcomes: [{ kind: 'applied' }], records: 3 });
      expect(await forward(pool, target, [batch([1, 2])])).toEqual({
        outcomes: [{ kind: 'seek', offset: 5n }],
        records: 0,
      });
      expect(sent).toEqual(['0', '1', '2', '3', '4']);
    } finally {
      await pool.end();
      await database.drop();
    }
  }, 30_000);
});

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function brokersOf(setting: string | undefined): string[] {
  if (setting === undefined) throw new Error('KAFKA_BROKERS is not set: run through `npm test`');
  return setting.split(',');
}
