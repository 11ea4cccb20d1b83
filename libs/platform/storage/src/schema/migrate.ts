import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { applyMigration, checksumOf, CREATE_LIST } from './apply-migration.js';
import { readMigrations, type Migration } from './read-migrations.js';

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
    if ((await missing(client, migrations)).length === 0) return [];
    await lock(client);
    await client.query(CREATE_LIST);
    // Nobody else migrates: what is not finished was interrupted, and left nothing.
    await client.query(
      'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
    );
    const applied: string[] = [];
    for (const migration of await missing(client, migrations)) {
      await applyMigration(client, migration, lockTimeoutMs);
      applied.push(migration.name);
    }
    return applied;
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

/** What is not applied yet, oldest first; throws when one was edited after it was applied. */
async function missing(client: pg.Client, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  if (!(await isStarted(client))) return migrations;
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    `SELECT migration_name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL`,
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  return migrations.filter(({ name, sql }) => {
    const checksum = applied.get(name);
    if (checksum !== undefined && checksum !== checksumOf(sql))
      throw new Error(`migration ${name} was edited after it had been applied to this database`);
    return checksum === undefined;
  });
}

async function isStarted(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  return rows[0]?.there === true;
}
