import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { twinKey, TOPICS, type AlertRecord, type PatientInput } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { TWIN_VERSION, type TwinState } from '#libs/domain/twin';
import { createEventLog, type EventLog } from '#libs/platform/messaging';
import { createHotState, createPool, migrate, type HotState } from '#libs/platform/storage';
import { createEmptyDatabase, type TestDatabase } from '#libs/testing';
import { STORIES } from '../../libs/domain/twin/src/fixtures/stories.fixture.js';
import { startPipeline } from '../../apps/twin-engine/src/pipeline.js';

/**
 * The rows of a database after the engine of an earlier commit had applied the first part of each story (made-up patients, one each), as
 * JSON. `migrations` are those that it knew.
 */
interface Dump {
  readonly migrations: readonly string[];
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

describe('a database of commit 60165b8', () => {
  const dump = JSON.parse(readFileSync(new URL('./fixtures/60165b8.json', import.meta.url), 'utf8')) as Dump;
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  let hot: HotState;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    await migrate(database.url, dump.migrations.at(-1));
    pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    for (const [table, list] of Object.entries(dump.tables))
      await pool.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`, [
        JSON.stringify(list),
      ]);
    for (const [table, column] of [
      ['twins', 'key'],
      ['sources', 'key'],
      ['alert_transitions', 'stream'],
    ])
      await pool.query(`SELECT setval(pg_get_serial_sequence('${table}', '${column}'), max(${column})) FROM ${table}`);
    log = createEventLog({ kafkaBrokers: undefined, pool, databaseUrl: database.url, clientId: 'test' });
    hot = createHotState(undefined);
  }, 60_000);
  afterEach(async () => {
    await log.close();
    await hot.close();
    await pool.end();
    await database.drop();
  }, 60_000);

  async function rows<T extends object>(sql: string): Promise<readonly T[]> {
    return (await pool.query<T>(sql)).rows;
  }

  it('goes on under this software: nothing lost, nothing emitted twice, no alert forgotten', async () => {
    expect((await migrate(database.url)).length).toBeGreaterThan(5);
    const problems: string[] = [];
    const engine = await startPipeline({
      pool,
      log,
      hot,
      catalogue: DEFAULT_CATALOGUE,
      onCommitted: () => undefined,
      onProblem: ({ reason }) => problems.push(reason),
      onFailed: (reason) => problems.push(reason),
    });
    // What was sent before comes once more, as after a failed answer, and then what is new.
    const records = STORIES.flatMap(({ name, before, after }) =>
      [...before.slice(-20), ...after].map((record): PatientInput => ({ ...record, patient: name })),
    );
    await log.append(
      records.map((record) => ({
        topic: TOPICS.patientInput,
        key: twinKey(1, 'patient', record.patient),
        value: JSON.stringify(record),
      })),
    );
    const deadline = Date.now() + 60_000;
    for (;;) {
      const [left] = await rows<{ n: number }>(
        `SELECT (SELECT sum(next_offset) FROM log_partitions WHERE topic = '${TOPICS.patientInput}')::int
           - (SELECT sum(next_offset) FROM consumer_offsets WHERE topic = '${TOPICS.patientInput}')::int
           + (SELECT count(*) FROM deferred_records)::int AS n`,
      );
      if (left?.n === 0) break;
      if (Date.now() > deadline) throw new Error(`${left?.n} records were not applied; ${problems.join()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await engine.stop();

    expect(problems).toEqual([]);
    expect(await rows('SELECT 1 FROM dead_letters UNION ALL SELECT 1 FROM quarantined_twins')).toEqual([]);
    const sent = STORIES.flatMap(({ before, after }) => [...before, ...after]).flatMap((record) =>
      record.kind === 'samples' ? record.samples : [],
    );
    expect(await rows('SELECT count(*)::int AS n, max(version) AS newest FROM measurements')).toEqual([
      { n: sent.length, newest: 1 },
    ]);
    for (const { snapshot } of await rows<{ snapshot: string }>('SELECT snapshot FROM twins'))
      expect((JSON.parse(snapshot) as TwinState).v).toBe(TWIN_VERSION);

    // Each episode's transitions are numbered without gap or repetition, across both engines, and each new one is in the log once.
    const steps = await rows<{ episode: string; numbers: number[] }>(
      'SELECT episode, array_agg(sequence ORDER BY sequence) AS numbers FROM alert_transitions GROUP BY episode',
    );
    for (const { numbers } of steps) expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    const emitted = (
      await rows<{ value: string }>(`SELECT value FROM log_records WHERE topic = '${TOPICS.alerts}'`)
    ).map(({ value }) => (JSON.parse(value) as AlertRecord).transition);
    const all = steps.reduce((sum, { numbers }) => sum + numbers.length, 0);
    expect(new Set(emitted).size).toBe(emitted.length);
    expect(emitted.length).toBe(all - dump.tables['alert_transitions']!.length);

    const episodes = await rows<{ patient: string; rule: string; status: string }>(
      `SELECT patient, rule, status FROM alert_episodes ORDER BY patient, rule`,
    );
    expect(episodes.map(({ patient, rule, status }) => `${patient} ${rule} ${status}`)).toEqual([
      'ahead clock-step open',
      'asystole asystole open',
      'fibrillation atrial-fibrillation resolved',
      'ward glucose-low open',
      'ward glucose-low-soon open',
      'ward glucose-urgent-low-soon open',
      'ward glucose-very-low open',
      'ward heart-rate-high resolved',
    ]);
  }, 120_000);
});
