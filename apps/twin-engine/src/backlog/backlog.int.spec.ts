import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { PARTITIONS, twinKey, TOPICS, type PatientInput } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { writeTwin } from '#libs/domain/twin';
import { partitionOf, type Batch, type LogRecord } from '#libs/platform/messaging';
import { createPool, SourceKeys } from '#libs/platform/storage';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { BatchApplier } from '../apply/apply-batches.js';
import { Backlog } from './backlog.js';
import { DeferredPatients } from './deferred-patients.js';
import { expectedOf, heavyLog, HEART_RATE, LIVE_SECONDS, samples, T0 } from './heavy-log.fixture.js';
import { TwinCache } from '../apply/twin-cache.js';

const PARTITION = partitionOf(twinKey(1, 'patient', 'heavy'), PARTITIONS[TOPICS.patientInput]);
/** Another patient of the same partition. */
const NEIGHBOUR = Array.from({ length: 200 }, (_, i) => `p${i}`).find(
  (patient) => partitionOf(twinKey(1, 'patient', patient), PARTITIONS[TOPICS.patientInput]) === PARTITION,
)!;

describe('the backlog lane', () => {
  let database: TestDatabase;
  let pool: Pool;
  let records: LogRecord[];
  const lanes: Backlog[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { max: 12 });
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    records = [];
  });
  afterEach(async () => {
    for (const lane of lanes.splice(0)) await lane.stop();
    await pool.end();
    await database.drop();
  });

  function add(...inputs: readonly PatientInput[]): void {
    for (const input of inputs) {
      const key = twinKey(input.tenant, 'patient', input.patient);
      const offset = BigInt(records.length);
      const value = JSON.stringify(input);
      records.push({
        topic: TOPICS.patientInput,
        partition: PARTITION,
        offset,
        key,
        value,
        headers: {},
        appendedAt: 0,
      });
    }
  }

  function engine(on: Pool = pool): BatchApplier {
    return new BatchApplier({
      pool: on,
      cache: new TwinCache(10_000_000),
      deferred: new DeferredPatients(),
      sources: new SourceKeys(),
      catalogue: DEFAULT_CATALOGUE,
      firstKept: () => Promise.resolve(0n),
      onCommitted: () => undefined,
      onProblem: () => undefined,
    });
  }

  function startLane(on: Pool = pool): Backlog {
    const lane = new Backlog({
      pool: on,
      sources: new SourceKeys(),
      catalogue: DEFAULT_CATALOGUE,
      sliceMs: 10,
      onCommitted: () => undefined,
      onProblem: () => undefined,
    });
    lanes.push(lane);
    lane.wake();
    return lane;
  }

  function batch(from: number, most: number): Batch {
    return {
      topic: TOPICS.patientInput,
      partition: PARTITION,
      records: records.slice(from, from + most),
      signal: new AbortController().signal,
      heartbeat: () => Promise.resolve(),
    };
  }

  async function applyAll(applier: BatchApplier, most: number, from = 0): Promise<void> {
    for (let at = from; at < records.length; at += most)
      expect(await applier.apply([batch(at, most)])).toEqual([{ kind: 'applied' }]);
  }

  async function count(sql: string): Promise<number> {
    return (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0]?.n ?? 0;
  }

  const isEmpty = async (): Promise<boolean> => (await count('deferred_records')) === 0;

  async function expectExactly(log: readonly PatientInput[]): Promise<void> {
    const expected = expectedOf(log);
    expect(expected.transitions.length).toBeGreaterThan(3);
    const twins = await pool.query<{ snapshot: string }>(`SELECT snapshot FROM twins WHERE patient = 'heavy'`);
    expect(JSON.parse(twins.rows[0]!.snapshot)).toEqual(JSON.parse(writeTwin(DEFAULT_CATALOGUE, expected.state)));
    const told = await pool.query<{ id: string }>(
      `SELECT id FROM alert_transitions WHERE alert->>'patient' = 'heavy' ORDER BY stream`,
    );
    expect(told.rows.map(({ id }) => id)).toEqual(expected.transitions);
    expect(await count(`log_records WHERE topic = '${TOPICS.alerts}' AND key = '1/heavy'`)).toBe(told.rowCount);
    expect(await count('dead_letters')).toBe(0);
  }

  it('keeps the order of a patient, and ends where applying record by record ends', async () => {
    const log = heavyLog();
    add(...log);
    await applyAll(engine(), 37);
    expect(await count('deferred_records')).toBeGreaterThan(20);
    startLane();
    await until(isEmpty, 40_000);
    await expectExactly(log);
  }, 60_000);

  it('applies another patient at once, and puts new records of the patient behind their backlog, whoever owns the partition', async () => {
    const log = heavyLog();
    add(...log.slice(0, -3));
    const first = engine();
    await applyAll(first, 40);
    const waiting = await count('deferred_records');
    expect(waiting).toBeGreaterThan(20);
    const next = records.length;
    add(log.at(-3)!, samples(NEIGHBOUR, 'd', [{ c: HEART_RATE, t: T0, x: 70 }], T0), log.at(-2)!);
    expect(await first.apply([batch(next, 3)])).toEqual([{ kind: 'applied' }]);
    expect(await count(`twins WHERE patient = '${NEIGHBOUR}' AND version = 1`)).toBe(1);
    expect(await count('deferred_records')).toBe(waiting + 2);
    // A new owner of the partition, which has deferred nothing of its own.
    add(log.at(-1)!);
    await applyAll(engine(), 1, records.length - 1);
    expect(await count('deferred_records')).toBe(waiting + 3);
    startLane();
    await until(isEmpty, 40_000);
    await expectExactly(log);
    // With the backlog gone the patient is live again, also on the engine that held an older state.
    add(samples('heavy', 'live', [{ c: HEART_RATE, t: T0 + 2 * LIVE_SECONDS * 1000, x: 71 }], T0 + 7_200_000));
    const { rows } = await pool.query<{ version: number }>(`SELECT version::int FROM twins WHERE patient = 'heavy'`);
    await applyAll(first, 1, records.length - 1);
    expect(await count('deferred_records')).toBe(0);
    expect(await count(`twins WHERE patient = 'heavy' AND version = ${rows[0]!.version + 1}`)).toBe(1);
  }, 60_000);

  it('loses and repeats nothing with several lanes, while connections go and live data come', async () => {
    const log = heavyLog();
    const half = log.length >> 1;
    add(...log.slice(0, half));
    const applier = engine();
    await applyAll(applier, 40);
    const dying = createPool(database.url, { max: 2, name: 'dying' });
    startLane(dying);
    startLane(dying);
    startLane();
    let isDone = false;
    const killing = (async () => {
      for (let i = 0; i < 15 && !isDone; i++) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dying'`);
      }
    })();
    add(...log.slice(half));
    for (let at = half; at < records.length; at += 3) {
      expect(await applier.apply([batch(at, 3)])).toEqual([{ kind: 'applied' }]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await killing;
    await until(isEmpty, 40_000);
    isDone = true;
    for (const lane of lanes.splice(0)) await lane.stop();
    await dying.end();
    await expectExactly(log);
  }, 60_000);

  it('leaves the one patient whose rows the database refuses to the lane, and applies all others at once', async () => {
    const poison = samples('heavy', 'd', [{ c: HEART_RATE, t: T0 + 1, x: 71 }], T0);
    const good = (i: number): PatientInput => samples(`q${i}`, 'd', [{ c: HEART_RATE, t: T0, x: 70 }], T0);
    add(...Array.from({ length: 30 }, (_, i) => good(i)));
    add(samples('heavy', 'd', [{ c: HEART_RATE, t: T0, x: 70 }], T0), { ...poison, source: 'a\u0000b' });
    add(samples('heavy', 'd', [{ c: HEART_RATE, t: T0 + 2, x: 72 }], T0));
    add(...Array.from({ length: 30 }, (_, i) => good(30 + i)));
    await applyAll(engine(), 100);
    expect(await count(`twins WHERE version = 1 AND patient <> 'heavy'`)).toBe(60);
    expect(await count('deferred_records')).toBe(3);
    startLane();
    await until(isEmpty, 40_000);
    const { rows } = await pool.query(
      `SELECT value FROM measurements m JOIN twins t ON t.key = m.twin WHERE patient = 'heavy' ORDER BY effective_at`,
    );
    expect(rows).toEqual([{ value: 70 }, { value: 72 }]);
    expect(await count(`dead_letters WHERE key = '1/heavy'`)).toBe(1);
    expect(await count('dead_letters')).toBe(1);
  }, 30_000);
});
