import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { CONTRACT_TOPIC_PARTITIONS, createTestDatabase, describeEventLog, PostgresSink } from '#libs/testing';
import { appendInTransaction } from './append-in-transaction.js';
import type { LogRecord } from '../log/event-log.js';
import { PostgresConsumer } from './postgres-consumer.js';
import { PostgresEventLog } from './postgres.js';
import { pruneLog } from './prune-log.js';
import { CONTRACT_PARTITIONS } from '../log/topic-partitions.js';

describeEventLog('postgres', async () => {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 12 });
  return {
    open: async (topic, options) =>
      new PostgresEventLog({
        pool,
        databaseUrl: database.url,
        partitions: { ...CONTRACT_PARTITIONS, [topic]: CONTRACT_TOPIC_PARTITIONS },
        ...options,
      }),
    sink: () => PostgresSink.create(pool),
    abandon: async (_, consumer) => (consumer as PostgresConsumer).abandon(),
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
});

/** Long enough that a loaded machine fetches a record within it. */
const REST_MS = 3_000;

describe('postgres event log', () => {
  const topic = 't';
  const partitions = { ...CONTRACT_PARTITIONS, t: 2, u: 2, v: 2, w: 2, x: 1, rest: 2 };
  let database: { url: string; drop(): Promise<void> };
  let pool: pg.Pool;
  let log: PostgresEventLog;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 8 });
    pool.on('error', () => undefined);
    log = new PostgresEventLog({ pool, databaseUrl: database.url, partitions });
  }, 60_000);
  afterAll(async () => {
    await log.close();
    await pool.end();
    await database.drop();
  }, 60_000);

  /**
   * Ten transactions, each begun when the record of the one before has arrived. The consumer polls once a second: by that alone they take
   * nine seconds and more, woken a tenth of one on an idle machine.
   */
  async function expectWoken(
    client: pg.ClientBase,
    to: { readonly topic: string; readonly key: string },
    arrived: () => number,
  ): Promise<void> {
    const [before, begun] = [arrived(), performance.now()];
    for (let n = 1; n <= 10; n++) {
      await client.query('BEGIN');
      await appendInTransaction(client, [{ ...to, value: String(n) }], partitions);
      await client.query('COMMIT');
      while (arrived() < before + n) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(performance.now() - begun).toBeLessThan(6_000);
  }

  it('fetches the first record at once, and while it rests those that follow together', async () => {
    const batches: string[] = [];
    const consumer = await log.consume({
      group: 'resting',
      topic: 'rest',
      maxBatch: 10,
      restMs: REST_MS,
      onBatch: async ({ records }) => {
        batches.push(records.map(({ value }) => value).join());
        return { kind: 'applied' };
      },
    });
    const append = (value: string): Promise<unknown> => log.append([{ topic: 'rest', key: 'a', value }]);
    const begun = performance.now();
    await append('1');
    while (batches.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(performance.now() - begun).toBeLessThan(REST_MS);
    for (const value of ['2', '3', '4']) await append(value);
    while (batches.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(batches).toEqual(['1', '2,3,4']);
    await consumer.stop();
  });

  it('appends in a transaction exactly when it commits, and wakes consumers', async () => {
    const seen: LogRecord[] = [];
    const consumer = await log.consume({
      group: 'tx',
      topic,
      maxBatch: 10,
      onBatch: async (batch) => {
        seen.push(...batch.records);
        return { kind: 'applied' };
      },
    });
    const client = await pool.connect();
    await client.query('BEGIN');
    await appendInTransaction(client, [{ topic, key: 'a', value: 'rolled back' }], partitions);
    await client.query('ROLLBACK');
    await client.query('BEGIN');
    const positions = await appendInTransaction(
      client,
      [
        { topic, key: 'a', value: 'one', headers: { h: '1' } },
        { topic, key: 'a', value: 'two' },
      ],
      partitions,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toHaveLength(0);
    await client.query('COMMIT');
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(seen.map(({ value, offset }) => [value, offset])).toEqual([
      ['one', positions[0]!.offset],
      ['two', positions[1]!.offset],
    ]);
    expect(positions.map((position) => position.offset)).toEqual([0n, 1n]);
    await expectWoken(client, { topic, key: 'a' }, () => seen.length);
    client.release();
    await consumer.stop();
  });

  it('wakes consumers of another process, too, which has no log of that database', async () => {
    const other = new PostgresEventLog({ pool, databaseUrl: database.url, partitions });
    let arrived = 0;
    const consumer = await other.consume({
      group: 'tx-other',
      topic: 'x',
      maxBatch: 10,
      onBatch: async (batch) => {
        arrived += batch.records.length;
        return { kind: 'applied' };
      },
    });
    // Not registered under this spelling of the host: as in a process without a log, the transaction itself notifies.
    const url = new URL(database.url);
    url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await expectWoken(client, { topic: 'x', key: 'a' }, () => arrived);
    await client.end();
    await consumer.stop();
    await other.close();
  });

  it('gives gapless offsets in commit order to appenders of many transactions', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const client = await pool.connect();
        await client.query('BEGIN');
        const keys = ['a', 'b', 'c', 'd', 'e'].sort(() => (i % 2) - 0.5);
        await appendInTransaction(
          client,
          keys.map((key) => ({ topic: 'u', key, value: `${i}` })),
          partitions,
        );
        await client.query(i % 5 === 0 ? 'ROLLBACK' : 'COMMIT');
        client.release();
      }),
    );
    const { rows } = await pool.query<{ n: string; top: string }>(
      `SELECT count(*) AS n, max("offset") + 1 AS top FROM log_records WHERE topic = 'u' GROUP BY "partition"`,
    );
    expect(rows.reduce((sum, row) => sum + Number(row.n), 0)).toBe(32 * 5);
    for (const row of rows) expect(row.n).toBe(row.top);
  });

  it('does not touch consumer_offsets of a consumer that keeps its own', async () => {
    await log.append([{ topic: 'v', key: 'a', value: '1' }]);
    let handed = 0;
    const consumer = await log.consume({
      group: 'own',
      topic: 'v',
      maxBatch: 10,
      startAt: async () => undefined,
      onBatch: async (batch) => {
        handed += batch.records.length;
        return { kind: 'applied' };
      },
    });
    while (handed < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await consumer.stop();
    const { rows } = await pool.query(`SELECT 1 FROM consumer_offsets WHERE consumer_group = 'own'`);
    expect(rows).toEqual([]);
  });

  it('prunes only what is old and applied by every group', async () => {
    await log.append(Array.from({ length: 20 }, (_, i) => ({ topic: 'w', key: 'a', value: String(i) })));
    const count = async () => (await pool.query(`SELECT 1 FROM log_records WHERE topic = 'w'`)).rowCount;
    expect(await pruneLog(pool, { topic: 'w', olderThanMs: 0 })).toBe(0);
    const partition = (await log.ends('w')).find((end) => end.next > 0n)!.partition;
    await pool.query(
      `INSERT INTO consumer_offsets (consumer_group, topic, "partition", next_offset) VALUES ('fast', 'w', $1, 20), ('slow', 'w', $1, 5)`,
      [partition],
    );
    expect(await pruneLog(pool, { topic: 'w', olderThanMs: 60_000 })).toBe(0);
    expect(await pruneLog(pool, { topic: 'w', olderThanMs: 0, groups: ['fast', 'slow', 'new'] })).toBe(0);
    expect(await pruneLog(pool, { topic: 'w', olderThanMs: -1_000 })).toBe(5);
    expect(await pruneLog(pool, { topic: 'w', olderThanMs: -1_000, groups: ['fast'] })).toBe(15);
    expect(await count()).toBe(0);
    const end = (await log.ends('w')).find((e) => e.partition === partition)!;
    expect(end).toEqual({ partition, first: 20n, next: 20n });
  });

  it('resumes after all its sessions were cut', async () => {
    const values = new Set<string>();
    const consumer = await log.consume({
      group: 'cut',
      topic,
      maxBatch: 10,
      onBatch: async (batch) => {
        for (const record of batch.records) values.add(record.value);
        return { kind: 'applied' };
      },
    });
    await log.append([{ topic, key: 'z', value: 'before' }]);
    while (!values.has('before')) await new Promise((resolve) => setTimeout(resolve, 5));
    const killer = new pg.Client({ connectionString: database.url });
    await killer.connect();
    await killer.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await killer.end();
    for (let i = 0; i < 20; i++) {
      const done = await log.append([{ topic, key: 'z', value: `after ${i}` }]).then(
        () => true,
        () => false,
      );
      if (done) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    while (![...values].some((value) => value.startsWith('after')))
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(consumer.state().kind).toBe('running');
    await consumer.stop();
  }, 20_000);
});
