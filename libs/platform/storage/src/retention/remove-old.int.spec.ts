import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createPool } from '../postgres/pool.js';
import { removeOld, RETAINED_KINDS } from './remove-old.js';
import { CUTOFF, OLD, RetainedRows, VERSION, YOUNG } from './retained-rows.fixture.js';

describe('retention', () => {
  let database: TestDatabase;
  let pool: Pool;
  let rows: RetainedRows;
  const tenants: number[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    const made = await pool.query<{ key: number }>(`INSERT INTO tenants (id) VALUES ('a'), ('b') RETURNING key`);
    tenants.push(...made.rows.map(({ key }) => key));
    rows = new RetainedRows(pool, tenants[0]!);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await pool.query(
      `TRUNCATE alert_communications, alert_episodes, alert_transitions, alert_suppressions, audit, dead_letters, deliveries, delivery_attempts,
       fhir_bundle_jobs, fhir_resources, fhir_resource_versions, idempotency_keys, client_assertions, deferred_records, quarantined_twins, rejections`,
    );
  });

  async function count(table: string): Promise<number> {
    const counted = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return counted.rows[0]?.n ?? 0;
  }

  it.each(RETAINED_KINDS)('removes %s that are older, and keeps those of the cutoff and after', async (kind) => {
    const [table, make] = rows.kinds()[kind];
    await make(OLD);
    await make(CUTOFF);
    await make(YOUNG);
    expect(await removeOld(pool, kind, CUTOFF)).toBe(1);
    expect(await count(table)).toBe(2);
    expect(await removeOld(pool, kind, CUTOFF)).toBe(0);
  });

  it('removes the steps of an alert and the attempts of a delivery with it', async () => {
    await rows.episode(true, OLD);
    await rows.delivery({ status: 'delivered', finished_at: OLD });
    await removeOld(pool, 'alerts', CUTOFF);
    await removeOld(pool, 'deliveries', CUTOFF);
    expect(await count('alert_transitions')).toBe(0);
    expect(await count('delivery_attempts')).toBe(0);
  });

  it('removes the resources of an alert with it, all versions, and no others', async () => {
    const [gone, open] = [await rows.episode(true, OLD), await rows.episode(false, OLD)];
    const communication = randomUUID();
    await rows.insert('alert_communications', { alert: gone, id: communication });
    const resource = { content: '{}', last_updated: OLD, version: 2 };
    for (const id of [gone, open, communication, 'of-a-client'])
      for (const type of ['DetectedIssue', 'Flag', 'Communication', 'Provenance']) {
        await rows.insert('fhir_resources', { ...resource, type, id });
        await rows.insert('fhir_resource_versions', { ...resource, type, id, version: 1, superseded_at: YOUNG });
      }
    await removeOld(pool, 'alerts', CUTOFF);
    for (const table of ['fhir_resources', 'fhir_resource_versions']) {
      const stored = await pool.query<{ type: string; id: string }>(`SELECT type, id FROM ${table} ORDER BY type, id`);
      const left = stored.rows.map(({ type, id }) => `${type} ${id}`);
      // What has the id and is of another type belongs to somebody else.
      expect(left).toHaveLength(16 - 5);
      expect(left).not.toContain(`Provenance ${communication}`);
      expect(left).toEqual(expect.arrayContaining([`Flag ${open}`, `Communication ${gone}`, 'Flag of-a-client']));
    }
    expect(await count('alert_communications')).toBe(0);
  });

  it('keeps an open alert with all that belongs to it, however old', async () => {
    const open = await rows.episode(false, OLD);
    await rows.delivery({ status: 'delivered', finished_at: OLD, episode: open });
    await rows.insert('audit', {
      id: randomUUID(),
      at: OLD,
      actor: 'c',
      act: 'snooze',
      target: 't',
      detail: { episode: open },
    });
    const suppression = { twin: 1, patient: 'p', rule: 'r', rule_version: '1', severity: 'low', reason: 'r' };
    await rows.insert('alert_suppressions', {
      ...suppression,
      id: randomUUID(),
      episode: randomUUID(),
      by_episode: open,
      effective_at: OLD,
      at: OLD,
    });
    for (const kind of RETAINED_KINDS) expect([kind, await removeOld(pool, kind, CUTOFF)]).toEqual([kind, 0]);
    expect(await count('alert_transitions')).toBe(2);
    expect(await count('delivery_attempts')).toBe(1);
    await pool.query(`UPDATE alert_episodes SET closed = TRUE`);
    for (const kind of ['deliveries', 'audit', 'suppressions'] as const)
      expect([kind, await removeOld(pool, kind, CUTOFF)]).toEqual([kind, 1]);
  });

  it('keeps what is pending or current, and acts that hold from then on', async () => {
    await rows.delivery({ status: 'pending' });
    await rows.delivery({ status: 'pending', finished_at: OLD });
    await rows.insert('fhir_resources', { ...VERSION, version: 7 });
    await rows.insert('deferred_records', { patient: 'p', offset: 1, partition: 0, value: '{}', deferred_at: OLD });
    for (const act of ['set-thresholds', 'set-monitoring', 'set-tenant-thresholds'])
      await rows.insert('audit', { id: randomUUID(), at: OLD, actor: 'c', act, target: 'Patient/p' });
    for (const kind of RETAINED_KINDS) expect([kind, await removeOld(pool, kind, CUTOFF)]).toEqual([kind, 0]);
  });

  it('goes through all tenants in small steps', async () => {
    for (const tenant of tenants)
      await pool.query(
        `INSERT INTO rejections (tenant, at, door, request, code, message)
         SELECT $1, $2::timestamptz, 'http', 'r', 'c', 'm' FROM generate_series(1, 25)`,
        [tenant, new Date(OLD)],
      );
    expect(await removeOld(pool, 'rejections', CUTOFF, 10)).toBe(50);
    expect(await count('rejections')).toBe(0);
  });

  it('waits for no lock: what somebody holds is left for the next time', async () => {
    await rows.episode(true, OLD);
    await rows.episode(true, OLD);
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM alert_episodes LIMIT 1 FOR UPDATE');
    expect(await removeOld(pool, 'alerts', CUTOFF)).toBe(1);
    await client.query('COMMIT');
    client.release();
    expect(await removeOld(pool, 'alerts', CUTOFF)).toBe(1);
  });
});
