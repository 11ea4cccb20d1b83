import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Migration } from './read-migrations.js';

/** A migration waits so long for a lock: whoever reads or writes its tables waits behind it. */
const LOCK_TIMEOUT_MS = 10_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** Building beside the work of others blocks nobody, and waits for transactions that began before it. */
const BUILD_LOCK_TIMEOUT_MS = 120_000;

/** A migration was not applied; the message is one clear line and says whether anything of it stays. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The columns of Prisma's own table: `prisma migrate` and earlier versions of this software read what is listed here. */
export const CREATE_LIST = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
  logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`;

const LIST = `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
  VALUES (gen_random_uuid()::text, $1, $2, clock_timestamp(), 1)`;

/**
 * Applies a migration and lists it. Both are one transaction, so one that is not finished left nothing and may be applied again. One that
 * builds indexes concurrently ({@link isConcurrent}) cannot be a transaction; what it had built stays, and the next start does the rest.
 *
 * @param client no other process migrates while it works
 * @param lockTimeoutMs how long to wait for each lock
 * @throws MigrationError
 */
export async function applyMigration(
  client: pg.Client,
  { name, sql }: Migration,
  lockTimeoutMs: number | undefined,
): Promise<void> {
  const concurrent = isConcurrent(sql);
  const listed = [checksumOf(sql), name];
  try {
    if (concurrent) {
      await buildConcurrently(client, sql, lockTimeoutMs ?? BUILD_LOCK_TIMEOUT_MS);
      await client.query(LIST, listed);
      return;
    }
    await client.query('BEGIN');
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs ?? LOCK_TIMEOUT_MS}`);
    await client.query(sql);
    await client.query(LIST, listed);
    await client.query('COMMIT');
  } catch (error) {
    if (!concurrent) await client.query('ROLLBACK').catch(() => undefined);
    const words = describeFailure(String((error as { code?: unknown }).code));
    throw new MigrationError(
      concurrent
        ? `migration ${name} was not completed, the next start goes on with it: ${words}`
        : `migration ${name} was not applied, and nothing of it stays: ${words}`,
    );
  }
}

export function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

function describeFailure(code: string): string {
  return code === LOCK_NOT_AVAILABLE
    ? 'other sessions hold locks on its tables (see pg_stat_activity); start again when they have ended'
    : `the database refused it (${code})`;
}

/** Its statements only build or drop indexes concurrently, one statement a line or more, each ending its line. */
function isConcurrent(sql: string): boolean {
  return /^CREATE (UNIQUE )?INDEX CONCURRENTLY/m.test(sql);
}

/**
 * Runs the statements one by one, each for itself: an index that was not finished (it is there, invalid, and slows every write) is
 * dropped first, one that is there already is kept.
 */
async function buildConcurrently(client: pg.Client, sql: string, lockTimeoutMs: number): Promise<void> {
  await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_index i
       JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE NOT i.indisvalid AND n.nspname = current_schema() AND position('"' || c.relname || '"' IN $1) > 0`,
      [sql],
    );
    for (const { name } of rows) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    for (const statement of sql.split(/;\s*$/m)) if (/\w/.test(statement)) await client.query(statement);
  } finally {
    await client.query('RESET lock_timeout');
  }
}
