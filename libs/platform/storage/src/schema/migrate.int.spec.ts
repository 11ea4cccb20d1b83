import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createEmptyDatabase, until, type TestDatabase } from '#libs/testing';
import { createPool } from '../postgres/pool.js';
import { migrate } from './migrate.js';
import { MigrationError } from './apply-migration.js';
import { readMigrations } from './read-migrations.js';

const FIRST = '20261123000000_init';

describe('migrations', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    await migrate(database.url, FIRST);
    pool = createPool(database.url);
  }, 60_000);
  afterEach(async () => {
    await pool.end();
    await database.drop();
  }, 60_000);

  async function there(): Promise<readonly string[]> {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  it('give up on a table that stays locked, say so in one line, and are applied by the next start', async () => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE measurements IN ACCESS SHARE MODE');
      const error: unknown = await migrate(database.url, undefined, 300).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(MigrationError);
      expect((error as Error).message).toMatch(
        /^migration \d+_\w+ was not applied, and nothing of it stays: other sessions hold locks/,
      );
      expect(await there()).toContain(FIRST);
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
    await migrate(database.url);
    expect((await there()).at(-1)).toBe((await readMigrations()).at(-1)?.name);
    expect(await migrate(database.url)).toEqual([]);
  }, 60_000);

  it('that were interrupted are applied again, as a whole', async () => {
    // The process ended after the migration had begun and before its transaction was committed.
    await pool.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count)
       VALUES ('interrupted', 'x', '20261123180000_alarm_policy', now(), 0)`,
    );
    const applied = await migrate(database.url);
    expect(applied[0]).toBe('20261123180000_alarm_policy');
    expect(await migrate(database.url)).toEqual([]);
    const { rows } = await pool.query(
      `SELECT 1 FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL`,
    );
    expect(rows).toEqual([]);
  }, 60_000);

  it('are applied once by several that start together', async () => {
    const applied = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(new Set(await there()).size).toBe((await there()).length);
  }, 60_000);

  describe('that build indexes', () => {
    const BEFORE = '20261129010000_versions_superseded';
    const INDEX = 'alert_episodes_patient_idx';

    beforeEach(async () => {
      await migrate(database.url, BEFORE);
    }, 60_000);

    async function insertEpisode(db: Pick<Pool, 'query'>): Promise<void> {
      await db.query(
        `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, effective_at, raised_at, updated_at, sequence, alert)
         VALUES (1, gen_random_uuid(), (random() * 1e9)::int8, 'p', 'r', 'low', 'open', now(), now(), now(), 1, '{}')`,
      );
    }

    async function isValid(): Promise<boolean | undefined> {
      const { rows } = await pool.query<{ valid: boolean }>(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)`,
        [INDEX],
      );
      return rows[0]?.valid;
    }

    it('keep nobody from writing while they wait for a transaction that began before', async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      await insertEpisode(client);
      const migrating = migrate(database.url);
      await until(async () => {
        const { rowCount } = await pool.query(
          `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'`,
        );
        return rowCount !== 0;
      }, 60_000);
      const other = createPool(database.url, { statementTimeoutMs: 2_000 });
      await insertEpisode(other);
      await other.end();
      expect(await isValid()).not.toBe(true);
      await client.query('COMMIT');
      client.release();
      await migrating;
      expect(await isValid()).toBe(true);
    }, 60_000);

    it('give up after a time, and the next start drops what is half built and goes on', async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      await insertEpisode(client);
      await expect(migrate(database.url, undefined, 300)).rejects.toThrow(
        /^migration \d+_\w+ was not completed, the next start goes on with it: other sessions hold locks/,
      );
      await client.query('ROLLBACK');
      client.release();
      expect(await isValid()).toBe(false);
      const last = (await readMigrations()).at(-1)?.name;
      const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
      expect(applied.flat()).toContain(last);
      expect(await isValid()).toBe(true);
      const { rows } = await pool.query(`SELECT 1 FROM pg_index WHERE NOT indisvalid`);
      expect(rows).toEqual([]);
    }, 60_000);
  });
});
