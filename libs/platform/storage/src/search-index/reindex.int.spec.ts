import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase } from '#libs/testing';
import { createPool } from '../postgres/pool.js';
import { searchIds } from '../search/search-ids.js';
import { notIndexed } from './due.js';
import { reindexSome } from './reindex.js';
import { removeUnusedTexts } from './unused-texts.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: 4 });
  await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'a'), (2, 'b')`);
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database.drop();
}, 60_000);

/** As software before the index writes. */
async function store(tenant: number, id: string, content: object | string): Promise<void> {
  await pool.query(
    `INSERT INTO fhir_resources (tenant, type, id, version, content, last_updated) VALUES ($1, 'Condition', $2, 1, $3, now())
     ON CONFLICT (tenant, type, id) DO UPDATE SET version = fhir_resources.version + 1, content = excluded.content`,
    [tenant, id, typeof content === 'string' ? content : JSON.stringify({ resourceType: 'Condition', id, ...content })],
  );
}

async function found(tenant: number, text: string): Promise<readonly string[]> {
  const client = await pool.connect();
  try {
    const conditions = [{ kind: 'tokenText' as const, parameter: 'code', values: [text] }];
    return await searchIds(client, tenant, { type: 'Condition', conditions }, 100);
  } finally {
    client.release();
  }
}

it('indexes what software before the index stored, changed and deleted, by any number of processes', async () => {
  for (let at = 0; at < 25; at++) await store(1 + (at % 2), `c${at}`, { code: { text: `asthma ${at}` } });
  await store(1, 'broken', '{');
  const counts = await Promise.all([1, 2, 3].map(() => reindexSome(pool, 12)));
  const rest = await reindexSome(pool, 100);
  expect(counts.reduce((sum, one) => sum + one, rest)).toBe(26);
  expect([await reindexSome(pool, 100), await notIndexed(pool as never, 1, ['Condition'])]).toEqual([0, []]);
  expect([(await found(1, 'asthma')).length, (await found(2, 'asthma')).length]).toEqual([13, 12]);

  await store(1, 'c0', { code: { text: 'measles' } });
  await pool.query(
    `UPDATE fhir_resources SET version = 2, deleted = true, content = '' WHERE tenant = 1 AND id = 'c2'`,
  );
  expect(await notIndexed(pool as never, 1, ['Condition'])).toEqual(['Condition']);
  expect(await reindexSome(pool, 100)).toBe(2);
  expect([await found(1, 'measles'), (await found(1, 'asthma')).length]).toEqual([['c0'], 11]);
});

it('removes texts that no resource has any more', async () => {
  expect(await removeUnusedTexts(pool)).toBe(2);
  expect([await removeUnusedTexts(pool), (await found(1, 'asthma')).length]).toEqual([0, 11]);
});
