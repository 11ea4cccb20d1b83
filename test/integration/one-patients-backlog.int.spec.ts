import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { PARTITIONS, twinKey, TOPICS, type PatientInput } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { partitionOf, PostgresEventLog } from '#libs/platform/messaging';
import { createHotState, createPool, type HotState } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { startPipeline, type Pipeline } from '../../apps/twin-engine/src/pipeline.js';

const HEART_RATE = 1;
const GLUCOSE = 9;
const SECONDS = 3_600;
const PER_RECORD = 100;

describe("one patient's backlog", () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: PostgresEventLog;
  let hot: HotState;
  let engine: Pipeline;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { max: 8 });
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'north')`);
    log = new PostgresEventLog({ pool, databaseUrl: database.url });
    hot = createHotState(undefined);
    const fail = (reason: string): never => {
      throw new Error(reason);
    };
    engine = await startPipeline({
      pool,
      log,
      hot,
      catalogue: DEFAULT_CATALOGUE,
      onCommitted: () => undefined,
      onProblem: ({ reason }) => fail(reason),
      onFailed: fail,
    });
  }, 60_000);

  afterEach(async () => {
    await engine.stop();
    await log.close();
    await hot.close();
    await pool.end();
    await database.drop();
  }, 60_000);

  async function send(patient: string, source: string, samples: readonly { c: number; t: number; x: number }[]) {
    const record: PatientInput = {
      v: 1,
      kind: 'samples',
      tenant: 1,
      patient,
      receivedAt: Date.now(),
      source,
      device: '',
      samples,
    };
    const key = twinKey(1, 'patient', patient);
    await log.append([{ topic: TOPICS.patientInput, key, value: JSON.stringify(record) }]);
  }

  async function sendHeartRates(source: string, start: number): Promise<void> {
    for (let i = 0; i < SECONDS; i += PER_RECORD) {
      const samples = Array.from({ length: PER_RECORD }, (_, k) => {
        const n = i + k;
        return { c: HEART_RATE, t: start + n * 1_000, x: 70 + (n % 9) };
      });
      await send('heavy', source, samples);
    }
  }

  async function until(sql: string): Promise<void> {
    for (const end = Date.now() + 60_000; Date.now() < end;) {
      if (((await pool.query(sql)).rowCount ?? 0) > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`not within a minute: ${sql}`);
  }

  it('delays no alert of another patient of the same partition', async () => {
    const at = partitionOf(twinKey(1, 'patient', 'heavy'), PARTITIONS[TOPICS.patientInput]);
    const other = Array.from({ length: 1_000 }, (_, i) => `other-${i}`).find(
      (patient) => partitionOf(twinKey(1, 'patient', patient), PARTITIONS[TOPICS.patientInput]) === at,
    )!;
    const start = Date.now() - (SECONDS + 60) * 1_000;
    await sendHeartRates('live', start);
    await until(`SELECT 1 FROM measurements HAVING count(*) = ${SECONDS}`);
    await sendHeartRates('late', start + 500);
    await send(other, 'meter', [{ c: GLUCOSE, t: Date.now(), x: 60 }]);
    await until(`SELECT 1 FROM alert_episodes WHERE patient = '${other}'`);
    // In the order of the log the alert would come behind all of the backlog.
    const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM measurements');
    expect(rows[0]?.n).toBeLessThan(2 * SECONDS);
  }, 180_000);
});
