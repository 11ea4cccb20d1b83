import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { planSearch } from '#libs/fhir-rest';
import { FhirTransaction } from '../fhir/fhir-transaction.js';
import { createPool } from '../postgres/pool.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: 4 });
  await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'a')`);
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('searches of a request', () => {
  const all = { found: () => [[]], included: () => [[]] };
  const queries = planSearch(
    { target: { kind: 'type', type: 'Basic' }, parameters: [], handling: 'strict' },
    { own: [], now: Date.UTC(2026, 0, 2), mayFind: () => true },
  );

  it('leave the settings of its transaction as they were, and have a time together', async () => {
    const client = await pool.connect();
    const settings = async (): Promise<unknown> =>
      (await client.query(`SELECT current_setting('statement_timeout') AS timeout, current_setting('jit') AS jit`))
        .rows;
    try {
      await client.query('BEGIN');
      const before = await settings();
      const transaction = new FhirTransaction(client, [], 60_000);
      for (let n = 0; n < 3; n += 1) await transaction.search(1, queries, all);
      expect(await settings()).toEqual(before);
      await expect(new FhirTransaction(client, [], 0).search(1, queries, all)).rejects.toMatchObject({
        code: 'too-costly',
      });
      expect((await client.query('SELECT 1 AS goes')).rows).toEqual([{ goes: 1 }]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});
