import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrate, readMigrations } from '#libs/platform/storage';

export interface TestDatabase {
  readonly url: string;
  /** Drops the database. Throws when the test left connections open: a pool or log that was not closed. */
  drop(): Promise<void>;
}

/** Any number that no other part of Homeostat locks on. */
const TEMPLATE_LOCK = 7_203_615_002;

/**
 * A fresh, migrated, empty database on the server of `DATABASE_URL`, made by cloning a template that is migrated once for
 * each content of `prisma/migrations`.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = serverUrl();
  const template = await ensureTemplate(server);
  const name = newName();
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return { url: urlOf(server, name), drop: () => drop(server, name) };
}

/** A database without any table, for tests of migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const server = serverUrl();
  const name = newName();
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name}`));
  return { url: urlOf(server, name), drop: () => drop(server, name) };
}

function serverUrl(): string {
  const server = process.env['DATABASE_URL'];
  if (server === undefined) throw new Error('DATABASE_URL is not set: integration tests need a Postgres server');
  return server;
}

function newName(): string {
  return `homeostat_test_${randomUUID().replaceAll('-', '')}`;
}

async function ensureTemplate(server: string): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, sql } of await readMigrations()) hash.update(name).update('\0').update(sql).update('\0');
  const template = `homeostat_template_${hash.digest('hex').slice(0, 16)}`;
  await withClient(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (rowCount !== 0) return;
    // Under another name until it is whole: a crash half way must not leave a template that looks ready.
    const draft = `${template}_draft`;
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${draft}`);
    await migrate(urlOf(server, draft));
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`,
      [draft],
    );
    await untilUnused(client, draft);
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
  });
  return template;
}

async function drop(server: string, name: string): Promise<void> {
  await withClient(server, async (client) => {
    const left = await untilUnused(client, name);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    if (left.length > 0) throw new Error(`the test left connections open: ${left.join(', ')}`);
  });
}

/** Waits up to a second for connections that are closing; answers the names of those that stay. */
async function untilUnused(client: pg.Client, name: string): Promise<readonly string[]> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await client.query<{ application_name: string }>(
      'SELECT application_name FROM pg_stat_activity WHERE datname = $1',
      [name],
    );
    if (rows.length === 0 || attempt === 20) return rows.map((row) => row.application_name || 'unnamed');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'homeostat-test-setup' });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
