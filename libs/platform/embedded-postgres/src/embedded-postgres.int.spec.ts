import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres } from './embedded-postgres.js';

describe('the embedded Postgres', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'homeostat-embedded-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('starts, is joined by another app, stops, and keeps its data; a server that was killed starts again', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first.url, 'CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)');
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.url).toBe(first.url);
    await second.stop();
    expect(await query(first.url, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
    await first.stop();
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow();

    const again = await startEmbeddedPostgres({ dataDir });
    process.kill(again.pid, 'SIGKILL');
    const afterKill = await startEmbeddedPostgres({ dataDir });
    expect(await query(afterKill.url, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
    await afterKill.stop();
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  }, 120_000);
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}
