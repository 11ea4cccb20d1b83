import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** A database of its own on the server of DATABASE_URL, with the tables of the log. For specs of this library. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env['DATABASE_URL'];
  if (server === undefined) throw new Error('DATABASE_URL is not set: run through `npm test`');
  const name = `log_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await run(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await run(url.href, await readFile('prisma/migrations/20261123000000_init/migration.sql', 'utf8'));
  return { url: url.href, drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
