import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { twinKey, TOPICS, type AlertRecord } from '#libs/contracts';
import { ensureTopics, KafkaEventLog, PostgresEventLog, type EventLog, type LogWriter } from '#libs/platform/messaging';
import { createPool } from '#libs/platform/storage';
import { WebhookStore } from '#libs/platform/delivery';
import { createTestDatabase, until } from '#libs/testing';
import { alertRecord } from '../../../test/support/alert-record.js';
import { GROUP, OFFSETS, startPipeline } from './pipeline.js';

/** Must appear in no log line and no reason. */
const NAME = 'Quartermaine';
const lines: string[] = [];
const line = (fields: object, message: string): void => void lines.push(`${JSON.stringify(fields)} ${message}`);
const logger: LogWriter = { debug: line, info: line, warn: line, error: line };

const KINDS = ['Postgres', 'Kafka'] as const;

describe.each(KINDS)('malformed records of the topic alerts, on the %s log', (kind) => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let log: EventLog;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    if (kind === 'Postgres') {
      log = new PostgresEventLog({ pool, databaseUrl: database.url, logger });
    } else {
      const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
      await ensureTopics({ brokers, clientId: 'malformed' });
      log = new KafkaEventLog({ brokers, clientId: 'malformed', logger });
    }
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 't1') ON CONFLICT DO NOTHING`);
  }, 120_000);

  afterAll(async () => {
    await log.close();
    await pool.end();
    await database.drop();
  }, 60_000);

  it('become one dead letter each, and the other records are applied', async () => {
    const webhook = {
      tenant: 1,
      id: randomUUID(),
      url: 'https://hooks.example.org/',
      secret: 'whsec_',
      filter: {},
      description: null,
      createdBy: 'test',
    };
    await new WebhookStore(pool).create(webhook);
    const patient = `p-${randomUUID()}`;
    const key = twinKey(1, 'patient', patient);
    const good = Array.from({ length: 5 }, () => alertRecord({ patient }));
    const { alert, ...rest } = alertRecord({ patient });
    const bad = [
      `{"patient":"${NAME}`,
      JSON.stringify({ ...rest, v: 2, alert: { ...alert, summary: NAME } }),
      JSON.stringify({ ...rest, alert: { ...alert, severity: NAME } }),
      JSON.stringify({ ...rest, alert: null }),
    ];
    const values = good.flatMap((record, index) => [JSON.stringify(record), ...bad.slice(index, index + 1)]);
    const told: string[] = [];
    const consumer = await startPipeline({
      pool,
      log,
      now: Date.now,
      onDeadLetters: (deadLetters) => told.push(...deadLetters.map(({ reason }) => reason)),
      onFailed: () => undefined,
    });
    try {
      await log.append(values.map((value) => ({ topic: TOPICS.alerts, key, value })));
      await until(async () => (await queued()).length === good.length, 60_000);
      const applied = await OFFSETS.read(pool);
      // A record sent back for ever would show by now.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(await OFFSETS.read(pool)).toEqual(applied);
    } finally {
      await consumer.stop();
    }
    expect((await queued()).toSorted()).toEqual(good.map((record: AlertRecord) => record.transition).toSorted());
    const deadLetters = await pool.query<{ value: string; reason: string }>(
      `SELECT value, reason FROM dead_letters WHERE tenant = 1 AND consumer_group = $1 AND key = $2 ORDER BY "offset"`,
      [GROUP, key],
    );
    expect(deadLetters.rows.map(({ value }) => value)).toEqual(bad);
    const reasons = [
      'not JSON',
      'unknown schema version',
      'missing or not as expected: /alert/severity',
      'missing or not as expected: /alert',
    ];
    expect(deadLetters.rows.map(({ reason }) => reason)).toEqual(reasons);
    expect(told).toEqual(reasons);
    // The log's own copies go with the transaction; on Kafka the relay forwards them.
    const copies = await pool.query<{ reason: string; topic: string }>(
      `SELECT headers->>'x-reason' AS reason, headers->>'x-topic' AS topic FROM log_records WHERE topic = $1 AND key = $2 ORDER BY "offset"`,
      [TOPICS.deadLetters, key],
    );
    expect(copies.rows).toEqual(reasons.map((reason) => ({ reason, topic: TOPICS.alerts })));
    expect(lines.join('\n')).not.toContain(NAME);
  }, 90_000);

  async function queued(): Promise<readonly string[]> {
    const { rows } = await pool.query<{ message: string }>('SELECT message::text AS message FROM deliveries');
    return rows.map(({ message }) => message);
  }
});

it('a record that a handler stumbles over is not quoted in reasons and logs', async () => {
  const database = await createTestDatabase();
  const pool = createPool(database.url);
  const log = new PostgresEventLog({ pool, databaseUrl: database.url, logger });
  const topic = TOPICS.alerts;
  const reasons: string[] = [];
  await log.consume({
    group: 'stumbles',
    topic,
    maxBatch: 10,
    onBatch: async ({ records }) => {
      for (const { value } of records) JSON.parse(value);
      return { kind: 'applied' };
    },
    onDeadLetter: async (_, reason) => void reasons.push(reason),
  });
  await log.append([{ topic, key: '1/p1', value: `{"patient":"${NAME}` }]);
  await until(async () => reasons.length === 1, 60_000);
  expect(reasons).toEqual(['SyntaxError']);
  expect(lines.join('\n')).not.toContain(NAME);
  await log.close();
  await pool.end();
  await database.drop();
}, 60_000);
