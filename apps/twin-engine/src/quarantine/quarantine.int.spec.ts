import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { twinKey, TOPICS, type Alert, type AlertRecord, type SamplesRecord } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { initialTwin, TWIN_VERSION } from '#libs/domain/twin';
import { createEventLog, type EventLog } from '#libs/platform/messaging';
import { createHotState, createPool, type HotState } from '#libs/platform/storage';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { startPipeline, type Pipeline } from '../pipeline.js';
import { QuarantineWatch } from './quarantine-watch.js';

describe('stored twins that cannot be read', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  let hot: HotState;
  const failures: string[] = [];
  const problems: string[] = [];
  const begun = Date.now() - 10 * 60_000;

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
      catalogue: DEFAULT_CATALOGUE,
      onCommitted: () => undefined,
      onProblem: ({ reason }) => problems.push(reason),
      onFailed: (reason) => failures.push(reason),
    });

  /** A twin as it stands in the database; version 0, as one that is new. */
  async function store(patient: string, snapshot: string): Promise<void> {
    await pool.query('INSERT INTO twins (tenant, patient, snapshot) VALUES (1, $1, $2)', [patient, snapshot]);
  }

  /** Low saturations, a minute apart: the third of a patient raises an alert. */
  async function send(patient: string, minute: number): Promise<void> {
    const t = begun + minute * 60_000;
    const record: SamplesRecord = {
      v: 1,
      kind: 'samples',
      tenant: 1,
      patient,
      source: 'watch',
      device: 'd',
      receivedAt: t + 1_000,
      samples: [{ c: 3, t, x: 82 }],
    };
    await log.append([
      { topic: TOPICS.patientInput, key: twinKey(1, 'patient', patient), value: JSON.stringify(record) },
    ]);
  }

  async function count(sql: string): Promise<number> {
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`);
    return rows[0]?.n ?? 0;
  }

  /** `rule transition` of a patient's alerts, in the order of the topic. */
  async function emitted(patient: string): Promise<string[]> {
    const { rows } = await pool.query<{ value: string }>(
      `SELECT value FROM log_records WHERE topic = $1 AND key = $2 ORDER BY "offset"`,
      [TOPICS.alerts, twinKey(1, 'patient', patient)],
    );
    return rows.map(({ value }) => {
      const { alert } = JSON.parse(value) as AlertRecord;
      return `${alert.rule.id} ${alert.transition}`;
    });
  }

  const HEALTHY = Array.from({ length: 20 }, (_, n) => `healthy-${n}`);
  const UNREADABLE = ['truncated', 'future', 'of-another', 'no-twin'] as const;

  async function storeUnreadable(): Promise<void> {
    await store('truncated', JSON.stringify(initialTwin(DEFAULT_CATALOGUE, 1, 'truncated')).slice(0, -40));
    await store('future', JSON.stringify({ ...initialTwin(DEFAULT_CATALOGUE, 1, 'future'), v: TWIN_VERSION + 1 }));
    await store('of-another', JSON.stringify(initialTwin(DEFAULT_CATALOGUE, 2, 'of-another')));
    await store('no-twin', '{"v":3}');
  }

  async function mend(patient: string): Promise<void> {
    await pool.query(`UPDATE twins SET snapshot = $2 WHERE patient = $1`, [
      patient,
      JSON.stringify(initialTwin(DEFAULT_CATALOGUE, 1, patient)),
    ]);
  }

  it('do not stop other patients: their records wait, and one alert is raised', async () => {
    await storeUnreadable();
    const engine = await start();
    for (let minute = 0; minute < 4; minute++)
      for (const patient of [...HEALTHY, ...UNREADABLE]) await send(patient, minute);
    await until(async () => (await count('measurements')) === 80 && (await count('deferred_records')) === 16);
    // Several rounds of the backlog lane.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await engine.stop();

    expect([failures, problems]).toEqual([[], []]);
    expect(await count('dead_letters')).toBe(0);
    expect(await count('deferred_records')).toBe(16);
    expect(await count(`twins WHERE version = 4 AND patient LIKE 'healthy-%'`)).toBe(20);
    for (const patient of HEALTHY) expect(await emitted(patient)).toEqual(['oxygen-saturation-low raised']);
    for (const patient of UNREADABLE) expect(await emitted(patient)).toEqual(['twin-unreadable raised']);
    const { rows } = await pool.query('SELECT patient, reason FROM quarantined_twins ORDER BY patient');
    expect(rows).toEqual([
      { patient: 'future', reason: 'newer-version' },
      { patient: 'no-twin', reason: 'malformed' },
      { patient: 'of-another', reason: 'of-another-twin' },
      { patient: 'truncated', reason: 'not-json' },
    ]);
    const { rows: alerts } = await pool.query<{ alert: Alert }>(
      `SELECT alert FROM alert_episodes WHERE rule = 'twin-unreadable' AND NOT closed AND patient = 'truncated'`,
    );
    expect(alerts[0]?.alert).toMatchObject({
      patient: 'truncated',
      category: 'technical',
      severity: 'medium',
      status: 'open',
    });
    expect(JSON.stringify(alerts[0])).not.toContain('"v":3');
  }, 30_000);

  it('are found again by the next engine without another alert, and resume where they stopped once they can be read', async () => {
    await storeUnreadable();
    const first = await start();
    for (const patient of UNREADABLE) await send(patient, 0);
    await until(async () => (await count('deferred_records')) === 4);
    await first.stop();
    const engine = await start();
    for (let minute = 1; minute < 4; minute++) for (const patient of UNREADABLE) await send(patient, minute);
    await until(async () => (await count('deferred_records')) === 16);

    const counts: number[] = [];
    const released: string[] = [];
    const watch = new QuarantineWatch({
      pool,
      catalogue: DEFAULT_CATALOGUE,
      onCount: (twins) => counts.push(twins),
      onReleased: ({ key }) => released.push(key),
      onProblem: (error) => problems.push(String(error)),
    });
    await watch.round(0);
    await mend('truncated');
    await watch.round(3_600);
    expect([counts, released]).toEqual([[4, 4], []]);
    await watch.round(0);
    await until(async () => (await count('measurements')) === 4 && (await count('deferred_records')) === 12);
    // Live again.
    await send('truncated', 4);
    await until(async () => (await count('measurements')) === 5);
    await engine.stop();

    expect([counts, released.length, problems]).toEqual([[4, 4, 3], 1, []]);
    expect(await emitted('truncated')).toEqual([
      'twin-unreadable raised',
      'twin-unreadable resolved',
      'oxygen-saturation-low raised',
    ]);
    expect(await emitted('future')).toEqual(['twin-unreadable raised']);
    expect(await count(`alert_episodes WHERE rule = 'twin-unreadable' AND closed`)).toBe(1);
    expect(await count('dead_letters')).toBe(0);
  }, 30_000);

  it('are found in the backlog lane, too, and what waits there stays', async () => {
    const value = (minute: number): string =>
      JSON.stringify({
        v: 1,
        kind: 'samples',
        tenant: 1,
        patient: 'p1',
        source: 'watch',
        device: 'd',
        receivedAt: begun + minute * 60_000,
        samples: [{ c: 1, t: begun + minute * 60_000, x: 70 }],
      });
    await store('p1', '{');
    for (const minute of [0, 1])
      await pool.query(
        `INSERT INTO deferred_records (tenant, patient, "offset", "partition", value) VALUES (1, 'p1', $1, 0, $2)`,
        [minute, value(minute)],
      );
    const engine = await start();
    await until(async () => (await count('quarantined_twins')) === 1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([await count('deferred_records'), await emitted('p1')]).toEqual([2, ['twin-unreadable raised']]);
    await mend('p1');
    const watch = new QuarantineWatch({
      pool,
      catalogue: DEFAULT_CATALOGUE,
      onCount: () => {},
      onReleased: () => {},
      onProblem: () => {},
    });
    await watch.round(0);
    await until(async () => (await count('measurements')) === 2);
    await engine.stop();
    expect(problems).toEqual([]);
  }, 30_000);
});
