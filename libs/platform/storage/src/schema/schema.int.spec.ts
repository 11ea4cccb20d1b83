import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { diffFromSchema } from '#libs/testing/schema';
import { migrate } from './migrate.js';
import { makePartitions, removeOldForecasts, removeOldMeasurements } from './partitions.js';
import { createPool } from '../postgres/pool.js';
import { createPrisma } from './prisma.js';

/** Tables whose rows belong to no one tenant (docs/adr/0005): lookup of tenants, keys, machinery of the log and of Prisma. */
const WITHOUT_TENANT = [
  '_prisma_migrations',
  'consumer_offsets',
  'heartbeats',
  'issuer_artifacts',
  'log_partitions',
  'log_records',
  'signing_keys',
  'tenants',
];

describe('schema', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('is the same in schema.prisma and in the migrations', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT 'public.' || c.relname AS name FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'`,
    );
    const sql = await diffFromSchema(database.url, [...rows.map((row) => row.name), 'public._prisma_migrations']);
    expect(sql.replace(/^--.*$/gm, '').trim()).toBe('');
  });

  it('notices a difference', async () => {
    await pool.query('ALTER TABLE twins ADD COLUMN surplus TEXT');
    try {
      expect(await diffFromSchema(database.url, [])).toContain('"surplus"');
    } finally {
      await pool.query('ALTER TABLE twins DROP COLUMN surplus');
    }
  });

  it('starts every key with the tenant', async () => {
    const { rows } = await pool.query<{ table: string; first: string | null }>(
      `SELECT c.relname AS table, a.attname AS first FROM pg_class c
       LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
       LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1`,
    );
    expect(rows.length).toBeGreaterThan(WITHOUT_TENANT.length);
    const others = rows.filter((row) => row.first !== 'tenant').map((row) => row.table);
    expect(others).toEqual(WITHOUT_TENANT);
  });

  it('migrates once when many start at the same time, and then finds nothing to do', async () => {
    const name = `homeostat_test_migrate_${process.pid}`;
    await pool.query(`CREATE DATABASE ${name}`);
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    try {
      const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(url.href)));
      expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
      expect(await migrate(url.href)).toEqual([]);
      const other = createPool(url.href);
      await other.query(`UPDATE _prisma_migrations SET checksum = 'x'`);
      await other.end();
      await expect(migrate(url.href)).rejects.toThrow('was edited after it had been applied');
    } finally {
      await pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });

  it('is readable through Prisma', async () => {
    const prisma = createPrisma(pool);
    await prisma.tenant.create({ data: { key: 7, id: 'seven' } });
    await prisma.twin.create({ data: { tenant: 7, patient: 'p', snapshot: '{}' } });
    expect(await prisma.twin.findFirst({ where: { tenant: 7 } })).toMatchObject({ patient: 'p', version: 0n });
    await prisma.$disconnect();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('partitions of measurements', () => {
  const NOW = Date.UTC(2026, 4, 20);
  const DAY = 24 * 60 * 60_000;
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function insert(effectiveAt: number, recordedAt: number): Promise<void> {
    await pool.query(
      `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, value, source, code, version, quality, sourced,
         identity, content_hash)
       VALUES (1, 1, to_timestamp($1::float8 / 1000), to_timestamp($2::float8 / 1000), to_timestamp($2::float8 / 1000), 1, 1, 1, 1, 0,
         FALSE, gen_random_uuid(), 0)`,
      [effectiveAt, recordedAt],
    );
  }

  it('makes the months around now, and takes over rows that are there already', async () => {
    await insert(NOW, NOW);
    await insert(NOW - 5_000 * DAY, NOW);
    const made = await Promise.all([makePartitions(pool, NOW), makePartitions(pool, NOW)]);
    expect(new Set(made.flat())).toEqual(
      new Set(
        ['2026_04', '2026_05', '2026_06', '2026_07'].flatMap((month) => [
          `measurements_${month}`,
          `forecast_blocks_${month}`,
        ]),
      ),
    );
    expect(await makePartitions(pool, NOW)).toEqual([]);
    const { rows } = await pool.query<{ part: string }>(
      'SELECT tableoid::regclass::text AS part FROM measurements ORDER BY 1',
    );
    expect(rows.map((row) => row.part)).toEqual(['measurements_2026_05', 'measurements_default']);
  });

  it('removes what took place and was recorded too long ago, and nothing else', async () => {
    await insert(NOW - 20 * DAY, NOW - 20 * DAY);
    await insert(NOW - 5_000 * DAY, NOW - 700 * DAY);
    const later = NOW + 100 * DAY;
    expect(await removeOldMeasurements(pool, NOW, 400)).toEqual({ partitions: [], rows: 1 });
    // A hundred days on, with thirty days kept: May is gone as a whole, and so is what was imported on NOW.
    const removed = await removeOldMeasurements(pool, later, 30);
    expect(removed.partitions).toEqual(['measurements_2026_04', 'measurements_2026_05', 'measurements_2026_06']);
    const { rows } = await pool.query('SELECT 1 FROM measurements');
    expect(rows).toEqual([]);
  });

  it('removes forecasts that were issued too long ago, by month where it can, and refusals that old', async () => {
    const block = (at: number): Promise<unknown> =>
      pool.query(
        `INSERT INTO forecast_blocks (tenant, twin, model, code, block, created_at) VALUES (1, 1, 'm', 9, to_timestamp($1::float8 / 1000), now())`,
        [at],
      );
    const said = (at: number, version: number): Promise<unknown> =>
      pool.query(
        `INSERT INTO forecasts (tenant, twin, model, code, version, block, issued_at, recorded_at, refusal, words)
         VALUES (1, 1, 'm', 9, $2, to_timestamp($1::float8 / 1000), to_timestamp($1::float8 / 1000), to_timestamp($1::float8 / 1000), 'no-data', '')`,
        [at, version],
      );
    for (const days of [5_000, 35, 0]) await block(NOW - days * DAY);
    for (const days of [35, 0]) await said(NOW - days * DAY, days);
    expect(await removeOldForecasts(pool, NOW, 400)).toEqual({ partitions: [], rows: 1 });
    const removed = await removeOldForecasts(pool, NOW + 31 * DAY, 30);
    expect(removed.rows).toBe(2);
    expect(removed.partitions).toContain('forecast_blocks_2026_04');
    const left = await pool.query('SELECT 1 FROM forecast_blocks UNION ALL SELECT 1 FROM forecasts');
    // The block of a month that is not over stays with its month.
    expect(left.rowCount).toBe(1);
  });
});
