import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { patientKey, TOPICS, type SamplesRecord } from '#libs/contracts';
import { apply, initialTwin } from '#libs/domain/twin';
import { createEventLog, type EventLog } from '#libs/platform/messaging';
import { createHotState, createPool, type HotState } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { startPipeline, type Pipeline } from './pipeline.js';
import { checkStoredTwins, OtherVersionError } from './stored-twins.js';

describe('stored twins of another version', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  let hot: HotState;
  const failures: string[] = [];
  const problems: string[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    log = createEventLog({ kafkaBrokers: undefined, pool, databaseUrl: database.url, clientId: 'test' });
    hot = createHotState(undefined);
    failures.length = 0;
    problems.length = 0;
  });
  afterEach(async () => {
    await log.close();
    await hot.close();
    await pool.end();
    await database.drop();
  });

  const start = (): Promise<Pipeline> =>
    startPipeline({
      pool,
      log,
      hot,
      apply,
      onCommitted: () => undefined,
      onProblem: ({ reason }) => problems.push(reason),
      onFailed: (reason) => failures.push(reason),
    });

  /** A twin as an earlier version left it. */
  async function store(patient: string, snapshot: object): Promise<void> {
    await pool.query('INSERT INTO twins (tenant, patient, snapshot) VALUES (1, $1, $2)', [
      patient,
      JSON.stringify(snapshot),
    ]);
  }

  async function send(patient: string): Promise<void> {
    const t = Date.now();
    const record: SamplesRecord = {
      v: 1,
      kind: 'samples',
      tenant: 1,
      patient,
      source: 'watch',
      device: 'd',
      receivedAt: t,
      samples: [{ c: 1, t, x: 70 }],
    };
    await log.append([{ topic: TOPICS.patientInput, key: patientKey(1, patient), value: JSON.stringify(record) }]);
  }

  async function count(sql: string): Promise<number> {
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`);
    return rows[0]?.n ?? 0;
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error('what was waited for did not happen');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('are found before anything is applied, and the error says what to do', async () => {
    await store('p1', initialTwin(1, 'p1'));
    await checkStoredTwins(pool);
    await store('p2', { ...initialTwin(1, 'p2'), v: 1 });
    const error: unknown = await checkStoredTwins(pool).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OtherVersionError);
    expect((error as Error).message).toMatch(
      /^twin \d+ of tenant 1 is stored in version 1, and this engine reads version 2: run the engine that wrote it/,
    );
  });

  it('end the engine once when they are met later; nothing of the batch is applied, and its records wait', async () => {
    await store('p1', { ...initialTwin(1, 'p1'), v: 1 });
    const engine = await start();
    await send('p1');
    await until(async () => failures.length > 0);
    await send('p1');
    await send('p2');
    // Several of the consumer's own repetitions.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await engine.stop();
    expect(failures).toEqual([expect.stringContaining('stored in version 1, and this engine reads version 2')]);
    expect(problems).toEqual([]);
    expect(await count('measurements')).toBe(0);
    expect(await count('dead_letters')).toBe(0);
    expect(await count('consumer_offsets WHERE next_offset > 0')).toBe(0);

    // The engine of the right version finds all of them.
    await pool.query(`UPDATE twins SET snapshot = $1 WHERE patient = 'p1'`, [JSON.stringify(initialTwin(1, 'p1'))]);
    const right = await start();
    await until(async () => (await count('measurements')) === 3);
    await right.stop();
  }, 30_000);

  it('that are no twins at all cost their own patient dead letters, and no other', async () => {
    await pool.query(`INSERT INTO twins (tenant, patient, snapshot) VALUES (1, 'p1', '{"v":')`);
    await send('p1');
    await send('p2');
    const engine = await start();
    await until(async () => (await count('measurements')) === 1 && (await count('dead_letters')) === 1);
    await engine.stop();
    expect(failures).toEqual([]);
    const { rows } = await pool.query<{ reason: string }>('SELECT reason FROM dead_letters');
    expect(rows[0]?.reason).toMatch(/is stored, but can not be read$/);
  }, 30_000);
});
