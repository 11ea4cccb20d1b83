import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import type { Pool } from 'pg';
import { TOPICS, type ActRecord } from '#libs/contracts';
import { PostgresEventLog } from '#libs/platform/messaging';
import type { Access } from '#libs/platform/auth';
import { createPool, tenantThresholds } from '#libs/platform/storage';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { Acts } from './acts.js';
import { TenantActJob } from './tenant-act-job.js';

const ACCESS = { client: 'ward', tenant: { key: 1, id: 'north' }, scopes: [] } as unknown as Access;

describe('limits for all patients of a tenant', () => {
  let database: TestDatabase;
  let pool: Pool;
  const jobs: TenantActJob[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { max: 12 });
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'north'), (2, 'south')`);
  });
  afterEach(async () => {
    for (const job of jobs.splice(0)) await job.onApplicationShutdown();
    await pool.end();
    await database.drop();
  });

  function start(on: Pool = pool): TenantActJob {
    const job = new TenantActJob({ pool: on, onProblem: () => undefined });
    jobs.push(job);
    job.wake();
    return job;
  }

  async function makePatients(tenant: number, count: number): Promise<void> {
    await pool.query(`INSERT INTO twins (tenant, patient) SELECT $1, 'p' || i FROM generate_series(1, $2::int) AS i`, [
      tenant,
      count,
    ]);
  }

  function put(acts: Acts, below: number) {
    return acts.setTenantThresholds(
      { access: ACCESS },
      {
        thresholds: [{ rule: 'glucose-low', limits: { limit: below }, reason: 'agreed' }],
      },
    );
  }

  /** The acts in the log, by patient, in the order of the log. */
  async function actsOf(): Promise<ReadonlyMap<string, ActRecord[]>> {
    const { rows } = await pool.query<{ key: string; value: string }>(
      `SELECT key, value FROM log_records WHERE topic = $1 AND value LIKE '%set-tenant-thresholds%' ORDER BY "partition", "offset"`,
      [TOPICS.patientInput],
    );
    const acts = new Map<string, ActRecord[]>();
    for (const { key, value } of rows) acts.set(key, [...(acts.get(key) ?? []), JSON.parse(value) as ActRecord]);
    return acts;
  }

  const isDone = async (): Promise<boolean> => (await pool.query('SELECT 1 FROM tenant_acts')).rowCount === 0;

  it('does not block others: 50,000 patients, and the appends of another tenant continue', async () => {
    await makePatients(1, 50_000);
    await makePatients(2, 12);
    const log = new PostgresEventLog({ pool, databaseUrl: database.url });
    const job = start();
    const acts = new Acts(pool, DEFAULT_CATALOGUE, () => job.wake());
    let appended = 0;
    let busy = true;
    const measured = (async () => {
      for (let i = 0; busy; i++) {
        await log.append([{ topic: TOPICS.patientInput, key: `2/p${i % 12}`, value: '{}' }]);
        appended += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    await put(acts, 65);
    const [shown] = await tenantThresholds(pool, 1);
    expect(shown).toMatchObject({ rule: 'glucose-low', limits: { limit: 65 } });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    busy = false;
    await measured;
    await log.close();
    expect((await actsOf()).size).toBeGreaterThan(500);
    // What holds up appends and streams is a long transaction: of any one of them, records of few patients.
    const { rows } = await pool.query<{ n: number }>(
      `SELECT max(n)::int AS n FROM (SELECT count(*) AS n FROM log_records WHERE key LIKE '1/%' GROUP BY xmin) AS t`,
    );
    expect(rows[0]?.n).toBeLessThanOrEqual(50);
    // Behind a transaction over all of them there would have been one or two; on an idle machine there are hundreds.
    expect(appended).toBeGreaterThan(10);
  }, 60_000);

  it('reaches each patient once and in order, with several at work and one that dies on the way', async () => {
    await makePatients(1, 700);
    await makePatients(2, 3);
    const dying = createPool(database.url, { max: 2 });
    const first = start(dying);
    const acts = new Acts(pool, DEFAULT_CATALOGUE, () => first.wake());
    await put(acts, 65);
    await until(async () => (await actsOf()).size > 0, 60_000);
    // The process of the first one is gone, in the middle of whatever it does.
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%tenant_acts%' AND pid <> pg_backend_pid()`,
    );
    await jobs.shift()!.onApplicationShutdown();
    await dying.end();
    await put(acts, 60);
    start();
    start();
    await until(isDone, 60_000);
    const reached = await actsOf();
    expect(reached.size).toBe(700);
    for (const [key, list] of reached) {
      expect(key).toMatch(/^1\//);
      expect(list.map(({ does }) => (does.type === 'set-tenant-thresholds' ? does.thresholds[0]?.limits : 0))).toEqual([
        { limit: 65 },
        { limit: 60 },
      ]);
    }
  }, 60_000);

  it('leaves out who comes later, because a new twin begins with the limits of its tenant', async () => {
    await makePatients(1, 3);
    await put(new Acts(pool, DEFAULT_CATALOGUE, () => undefined), 65);
    await pool.query(`INSERT INTO twins (tenant, patient) VALUES (1, 'later')`);
    start();
    await until(isDone, 60_000);
    expect([...(await actsOf()).keys()].toSorted()).toEqual(['1/p1', '1/p2', '1/p3']);
  });

  it('does nothing for a tenant without patients', async () => {
    await put(new Acts(pool, DEFAULT_CATALOGUE, () => undefined), 65);
    expect(await isDone()).toBe(true);
    expect((await tenantThresholds(pool, 1))[0]?.limits).toEqual({ limit: 65 });
  });
});
