import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { readConfig } from '#libs/platform/config';
import { twinKey, TOPICS, type SamplesRecord } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { createEventLog, type EventLog } from '#libs/platform/messaging';
import { beat, createHotState, createPool, type HotState } from '#libs/platform/storage';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { startPipeline, type Pipeline } from './pipeline.js';
import { Ticker } from './time/ticker.js';
import { Maintenance } from './maintenance.js';

const MINUTE = 60_000;

describe('pipeline on the Postgres log', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  let hot: HotState;
  let ticker: Ticker;
  const running: Pipeline[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    log = createEventLog({ kafkaBrokers: undefined, pool, databaseUrl: database.url, clientId: 'test' });
    hot = createHotState(undefined);
    ticker = new Ticker({
      pool,
      log,
      everyMs: 20,
      maxPerRound: 10,
      onTicks: () => undefined,
      onProblem: () => undefined,
    });
  });
  afterEach(async () => {
    for (const pipeline of running.splice(0)) await pipeline.stop();
    await log.close();
    await hot.close();
    await pool.end();
    await database.drop();
  });

  async function start(): Promise<Pipeline> {
    const pipeline = await startPipeline({
      pool,
      log,
      hot,
      catalogue: DEFAULT_CATALOGUE,
      onCommitted: () => undefined,
      onProblem: () => undefined,
      onFailed: () => undefined,
    });
    running.push(pipeline);
    return pipeline;
  }

  function send(patient: string, at: number, value: number): Promise<unknown> {
    const record: SamplesRecord = {
      v: 1,
      kind: 'samples',
      tenant: 1,
      patient,
      source: 'watch',
      device: 'd',
      receivedAt: at,
      samples: [{ c: 1, t: at, x: value }],
    };
    return log.append([
      { topic: TOPICS.patientInput, key: twinKey(1, 'patient', patient), value: JSON.stringify(record) },
    ]);
  }

  async function count(sql: string): Promise<number> {
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`);
    return rows[0]?.n ?? 0;
  }

  it('applies everything once while engines come and go', async () => {
    const now = Date.now();
    await start();
    const sending = (async () => {
      for (let i = 0; i < 40; i++)
        await Promise.all(Array.from({ length: 20 }, (_, p) => send(`p${p}`, now - (60 - i) * 1_000, 70)));
    })();
    const second = await start();
    await until(async () => (await count('measurements')) > 200);
    await running.shift()!.stop();
    await start();
    await sending;
    await until(async () => (await count('measurements')) === 800);
    expect(await count(`twins WHERE version = 40`)).toBe(20);
    expect(second.consumer.state().kind).toBe('running');
    await until(async () => (await hot.get(1, 'p3'))?.version === 40);
  }, 30_000);

  it('ticks a silent stream through the log, and raises no-data', async () => {
    const now = Date.now();
    // A stream that sent every ten seconds, and stopped an hour ago.
    for (let i = 0; i < 40; i++) await send('p1', now - 60 * MINUTE + i * 10_000, 70);
    await start();
    await until(async () => (await count('twin_timers')) > 0);
    ticker.start();
    await until(async () => (await count(`alert_episodes WHERE rule = 'no-data'`)) === 1);
    await until(async () => (await count(`log_records WHERE topic = '${TOPICS.alerts}'`)) > 0);
    await ticker.stop();
    expect(await count('twin_timers WHERE ticked_at IS NULL AND due_at < now()')).toBe(0);
  });

  it('reports an outage of its own once, and raises no no-data for it', async () => {
    const now = Date.now();
    const limits = { thresholds: [{ rule: 'no-data', limits: { heartRateSeconds: 60 }, reason: 'tight' }] };
    for (let p = 0; p < 20; p++) {
      const head = { v: 1, tenant: 1, patient: `p${p}`, receivedAt: now - 200_000 } as const;
      const does = { type: 'set-thresholds', ...limits } as const;
      const act = { ...head, kind: 'act', act: `a${p}`, actor: 'dr', does };
      await log.append([
        { topic: TOPICS.patientInput, key: twinKey(1, 'patient', `p${p}`), value: JSON.stringify(act) },
      ]);
      for (let i = 0; i < 6; i++) await send(`p${p}`, now - 130_000 + i * 10_000, 70);
    }
    await pool.query(
      `INSERT INTO heartbeats (component, since, at) VALUES ('all-in-one', now() - interval '1 h', now() - interval '75 s')`,
    );
    await start();
    await until(async () => (await count('twin_timers')) === 20);
    // Down: reported, and still nobody is silent.
    await ticker.round();
    await until(async () => (await count(`alert_episodes WHERE rule = 'system-outage' AND NOT closed`)) === 1);
    await beat(pool, 'all-in-one');
    for (let round = 0; round < 4; round++) await ticker.round();
    await until(async () => (await count(`alert_episodes WHERE rule = 'system-outage' AND closed`)) === 1);
    const { rows } = await pool.query<{ rule: string; transition: string; patient: string }>(
      `SELECT alert->'rule'->>'id' AS rule, transition, alert->>'patient' AS patient FROM alert_transitions ORDER BY stream`,
    );
    expect(rows).toEqual([
      { rule: 'system-outage', transition: 'raised', patient: '_system' },
      { rule: 'system-outage', transition: 'resolved', patient: '_system' },
    ]);
    expect(await count(`twins WHERE patient = '_system' AND type = 'process'`)).toBe(1);
  }, 30_000);

  it('takes each due timer once, whoever ticks', async () => {
    await pool.query(`INSERT INTO twin_timers (tenant, twin, timer, patient, due_at)
      SELECT 1, i, 't', 'p' || i, now() FROM generate_series(1, 25) AS i`);
    const counts = await Promise.all([ticker.round(), ticker.round(), ticker.round(), ticker.round()]);
    expect(counts.every((ticks) => ticks <= 10)).toBe(true);
    while ((await ticker.round()) > 0);
    expect(await count(`log_records WHERE topic = '${TOPICS.patientInput}'`)).toBe(25);
  });

  it('keeps its house: partitions to come, and a log without what was applied long ago', async () => {
    await send('p1', Date.now(), 70);
    await start();
    await until(async () => (await count('measurements')) === 1);
    await pool.query(`UPDATE log_records SET appended_at = now() - interval '8 days'`);
    await pool.query(`INSERT INTO idempotency_keys (tenant, client, key, request_hash, at)
      VALUES (1, 'c', 'old', 'h', now() - interval '25 hours'), (1, 'c', 'new', 'h', now() - interval '23 hours')`);
    await pool.query(`INSERT INTO rejections (tenant, at, door, request, code, message)
      VALUES (1, now() - interval '31 days', 'http', 'r', 'c', 'm'), (1, now() - interval '29 days', 'http', 'r', 'c', 'm')`);
    const done: object[] = [];
    const counted: unknown[] = [];
    const maintenance = new Maintenance({
      pool,
      retention: readConfig({}).retention,
      keepLogDays: 7,
      now: Date.now,
      onRemoved: (kind, rows) => counted.push([kind, rows]),
      onDone: (what) => done.push(what),
      onProblem: (error) => done.push(error as object),
    });
    await maintenance.start();
    await until(() => done.length > 0);
    await maintenance.stop();
    const removed = { rejections: 1, 'idempotency-keys': 1, [`log-${TOPICS.patientInput}`]: 1 };
    expect(done).toEqual([{ made: [], removed }]);
    expect(Object.fromEntries(counted as [string, number][])).toEqual(removed);
    expect(await count('rejections')).toBe(1);
    expect(await count(`pg_inherits WHERE inhparent = 'measurements'::regclass`)).toBe(5);
    expect(await count(`idempotency_keys WHERE key = 'new'`)).toBe(1);
    expect(await count('idempotency_keys')).toBe(1);
  });
});
