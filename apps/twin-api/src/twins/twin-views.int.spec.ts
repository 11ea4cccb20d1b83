import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import type { Pool } from 'pg';
import { createPool } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { TwinViews } from './twin-views.js';

const NOW = Date.UTC(2026, 2, 1, 12);
const HOUR = 3_600_000;
const LATER = 30_000;

interface PlanNode {
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows that were read and did not count; the plan gives the mean over the loops. */
function looked(node: PlanNode): number {
  const own = (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops'];
  return own + (node.Plans ?? []).reduce((sum, plan) => sum + looked(plan), 0);
}

describe('the twin as it was known', () => {
  let database: TestDatabase;
  let pool: Pool;
  const asked: { readonly text: string; readonly values: unknown[] }[] = [];
  let views: TwinViews;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one');
      INSERT INTO twins (tenant, key, patient) OVERRIDING SYSTEM VALUE VALUES (1, 1, 'p');
      INSERT INTO sources (tenant, key, source) OVERRIDING SYSTEM VALUE VALUES (1, 1, 's')`);
    // A value a second, each recorded when it was measured; the one of a fast clock was recorded ten minutes before its time.
    await insert(60, NOW - 60_000, NOW - 60_000, 60);
    await insert(1, NOW + 9 * 60_000, NOW - 1_000, 99);
    await insert(LATER, NOW + HOUR, NOW + HOUR, 70);
    await pool.query('ANALYZE measurements');
    const noting = Object.assign(Object.create(pool) as Pool, {
      query: (text: string, values: unknown[]) => {
        asked.push({ text, values });
        return pool.query(text, values);
      },
    });
    views = new TwinViews(noting, DEFAULT_CATALOGUE, { get: () => Promise.resolve(undefined) }, () => NOW + 24 * HOUR);
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function insert(count: number, effectiveAt: number, recordedAt: number, value: number): Promise<void> {
    await pool.query(
      `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, value, source, code, version, quality, sourced,
         identity, content_hash)
       SELECT 1, 1, to_timestamp($2::float8 / 1000 + n), to_timestamp($3::float8 / 1000 + n), to_timestamp($3::float8 / 1000 + n), $4, 1, 1, 1, 0,
         FALSE, gen_random_uuid(), 0 FROM generate_series(0, $1::int - 1) AS n`,
      [count, effectiveAt, recordedAt, value],
    );
  }

  it('shows what was known then, also what a fast clock dated ahead', async () => {
    const { measures } = await views.at(1, 'p', { knownAt: NOW });
    expect(measures['heart-rate']).toMatchObject({ value: 99 });
    expect((await views.at(1, 'p', { knownAt: NOW - 2_000 })).measures['heart-rate']).toMatchObject({ value: 60 });
  });

  it('does not look through what was recorded since', async () => {
    asked.length = 0;
    await views.at(1, 'p', { knownAt: NOW });
    const { text, values } = asked.find((one) => /FROM measurements/.test(one.text))!;
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
      values,
    );
    expect(looked(rows[0]!['QUERY PLAN'][0].Plan)).toBeLessThan(LATER / 10);
  });
});
