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

  function recordOf(patient: string, source: string, samples: readonly { c: number; t: number; x: number }[]) {
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
    return { topic: TOPICS.patientInput, key, value: JSON.stringify(record) };
  }

  function heartRates(source: string, start: number): { topic: string; key: string; value: string }[] {
    return Array.from({ length: SECONDS / PER_RECORD }, (_, i) => {
      const samples = Array.from({ length: PER_RECORD }, (_, k) => {
        const n = i * PER_RECORD + k;
        return { c: HEART_RATE, t: start + n * 1_000, x: 70 + (n % 9) };
      });
      return recordOf('heavy', source, samples);
    });
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
    await log.append(heartRates('live', start));
    await until(`SELECT 1 FROM measurements HAVING count(*) = ${SECONDS}`);
    // At once: record by record the backlog might be applied before the last one is sent.
    const last = recordOf(other, 'meter', [{ c: GLUCOSE, t: Date.now(), x: 60 }]);
    await log.append([...heartRates('late', start + 500), last]);
    await until(`SELECT 1 FROM alert_episodes WHERE patient = '${other}'`);
    await until(`SELECT 1 FROM measurements HAVING count(*) = ${2 * SECONDS + 1}`);
    // In the order of the log the alert would come behind all of the backlog. Transactions are compared and no times: a machine may be
    // quick enough to be done with both before anybody looks.
    const { rows } = await pool.query<{ behind: number }>(
      `SELECT count(*)::int AS behind FROM measurements
       WHERE xmin::text::bigint > (SELECT min(xmin::text::bigint) FROM alert_transitions)`,
    );
    expect(rows[0]?.behind).toBeGreaterThan(0);
  }, 180_000);
});
