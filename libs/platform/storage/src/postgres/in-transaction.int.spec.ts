import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { inTransaction } from './in-transaction.js';
import { createPool } from './pool.js';

describe('a transaction around some work', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { max: 1 });
    await pool.query('CREATE TABLE notes (n int)');
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('keeps what the work wrote when it returns', async () => {
    expect(
      await inTransaction(pool, async (client) => (await client.query('INSERT INTO notes VALUES (1)')).rowCount),
    ).toBe(1);
    expect((await pool.query('SELECT n FROM notes')).rows).toEqual([{ n: 1 }]);
  });

  it('keeps nothing of work that throws, and gives its connection back', async () => {
    const pids = async (): Promise<unknown> => (await pool.query('SELECT pg_backend_pid() AS pid')).rows;
    const before = await pids();
    const refused = inTransaction(pool, async (client) => {
      await client.query('INSERT INTO notes VALUES (2)');
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect((await pool.query('SELECT n FROM notes WHERE n = 2')).rows).toEqual([]);
    expect(await pids()).toEqual(before);
  });

  it('closes a connection that cannot be rolled back', async () => {
    const lost = inTransaction(pool, (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'));
    await expect(lost).rejects.toThrow();
    expect((await pool.query('SELECT 3 AS n')).rows).toEqual([{ n: 3 }]);
  });

  it('closes a connection whose prepared statement a migration made stale: the next one reads the new type', async () => {
    const read = { name: 'notes', text: 'SELECT n FROM notes WHERE n = 1' };
    const reading = (): Promise<unknown> => inTransaction(pool, async (client) => (await client.query(read)).rows);
    expect(await reading()).toEqual([{ n: 1 }]);
    await pool.query('ALTER TABLE notes ALTER COLUMN n TYPE bigint');
    await expect(reading()).rejects.toMatchObject({ code: '0A000' });
    expect(await reading()).toEqual([{ n: '1' }]);
  });

  it('begins as it is asked to', async () => {
    const write = inTransaction(pool, (client) => client.query('INSERT INTO notes VALUES (4)'), 'BEGIN READ ONLY');
    await expect(write).rejects.toMatchObject({ code: '25006' });
  });
});
