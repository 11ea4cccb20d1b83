import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool, PoolClient } from 'pg';
import { createTestDatabase } from '#libs/testing';
import { createPool } from './pool.js';
import { sentTogether } from './sent-together.js';

describe('statements sent together', () => {
  let pool: Pool;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const database = await createTestDatabase();
    pool = createPool(database.url, { max: 2 });
    drop = () => database.drop();
  }, 60_000);

  afterAll(async () => {
    await pool.end();
    await drop();
  });

  const withClient = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  };

  it('run in the order in which they were sent', async () => {
    const seen = await withClient(async (client) => {
      const answers: number[] = [];
      await sentTogether(
        [3, 1, 2].map(async (n) => {
          const { rows } = await client.query<{ n: number }>('SELECT $1::int AS n, pg_sleep(0.01 * $1)', [n]);
          answers.push(rows[0]!.n);
        }),
      );
      return answers;
    });
    expect(seen).toEqual([3, 1, 2]);
  });

  it('fail with the error of the statement at fault, whichever it is', async () => {
    for (const fault of [0, 1, 2, 3]) {
      await withClient(async (client) => {
        await client.query('BEGIN');
        const statements = [0, 1, 2, 3].map(async (n) => {
          // Some report late, as a function that awaits something else does.
          if (n % 2 === 0) await client.query('SELECT 1 / $1::int', [n === fault ? 0 : 1]);
          else await client.query({ name: `part-${n}`, text: 'SELECT 1 / $1::int', values: [n === fault ? 0 : 1] });
        });
        await expect(sentTogether(statements)).rejects.toMatchObject({ code: '22012' });
        await client.query('ROLLBACK');
      });
    }
  });

  it('leave a connection that goes on after a rollback, whatever failed', async () => {
    await withClient(async (client) => {
      await client.query('BEGIN');
      await expect(sentTogether([client.query('SELECT nothing'), client.query('SELECT 1')])).rejects.toMatchObject({
        code: '42703',
      });
      await client.query('ROLLBACK');
      expect((await client.query('SELECT 2 AS n')).rows).toEqual([{ n: 2 }]);
    });
  });
});
