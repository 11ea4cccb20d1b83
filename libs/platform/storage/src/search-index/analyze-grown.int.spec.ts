import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createPool } from '../postgres/pool.js';
import { analyzeGrown } from './analyze-grown.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: 1 });
}, 60_000);

afterAll(async () => {
  await pool?.end();
  await database?.drop();
}, 60_000);

async function grow(from: number, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO fhir_search_texts (tenant, type, parameter, text, key)
     SELECT 1, 1, 1, 'text ' || n, n FROM generate_series($1::int, $2::int) AS n`,
    [from, from + count - 1],
  );
  // The server counts rows at the end of a transaction, once a second at most.
  await pool.query('SELECT pg_stat_force_next_flush()');
  await pool.query('SELECT pg_stat_clear_snapshot()');
}

it('analyses a table when half of it is new, and not again before', async () => {
  await grow(0, 100);
  expect(await analyzeGrown(pool)).toEqual([]);
  await grow(100, 900);
  expect(await analyzeGrown(pool)).toEqual(['fhir_search_texts']);
  const { rows } = await pool.query(`SELECT reltuples FROM pg_class WHERE relname = 'fhir_search_texts'`);
  expect(rows).toEqual([{ reltuples: 1_000 }]);
  await grow(1_000, 400);
  expect(await analyzeGrown(pool)).toEqual([]);
  await grow(1_400, 1_500);
  expect(await analyzeGrown(pool)).toEqual(['fhir_search_texts']);
});
