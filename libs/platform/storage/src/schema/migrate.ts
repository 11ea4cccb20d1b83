import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { applyMigrations, forgetUnfinished, type Migration, readMigrations } from './migration-engine.js';

/** Any number that no other part of Homeostat locks on. */
const MIGRATION_LOCK = 7_203_615_001;
const LOCK_PAUSE_MS = 100;

/**
 * Brings the database at `url` up to date with `prisma/migrations` and answers what was applied. Safe when several apps start
 * at once: one works, the others wait for it. The database itself must exist. When nothing is to do, it costs one query.
 *
 * @param last name of the newest migration to apply; all of them where absent
 * @throws MigrationError when a migration could not be applied, for example because its tables stay locked; nothing of it stays
 */
export async function migrate(url: string, last?: string, lockTimeoutMs?: number): Promise<readonly string[]> {
  const migrations = (await readMigrations()).filter(({ name }) => last === undefined || name <= last);
  const client = new pg.Client({ connectionString: url, application_name: 'homeostat-migrate' });
  await client.connect();
  try {
    // Without the lock a migration that is not finished may be at work in another app.
    if (await isCurrent(client, migrations)) return [];
    await lock(client);
    if (await isCurrent(client, migrations)) return [];
    // Nobody else migrates: what is not finished was interrupted, and left nothing.
    if (await isStarted(client)) await forgetUnfinished(client);
    return await applyMigrations(url, migrations, lockTimeoutMs);
  } finally {
    await client.end();
  }
}

/**
 * Asks again and again in place of waiting: a statement that waits holds a snapshot, and an index that is built beside the work of others
 * waits for every snapshot to go.
 */
async function lock(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [MIGRATION_LOCK]);
    if (rows[0]?.held === true) return;
    await sleep(LOCK_PAUSE_MS);
  }
}

/** True when all are applied; throws when one was edited after it was applied. */
async function isCurrent(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  if (!(await isStarted(client))) return false;
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations
     WHERE rolled_back_at IS NULL`,
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  let current = true;
  for (const { name, sql } of migrations) {
    const row = applied.get(name);
    if (row === undefined || !row.finished) {
      current = false;
      continue;
    }
    if (row.checksum !== createHash('sha256').update(sql).digest('hex'))
      throw new Error(`migration ${name} was edited after it had been applied to this database`);
  }
  return current;
}

async function isStarted(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  return rows[0]?.there === true;
}
