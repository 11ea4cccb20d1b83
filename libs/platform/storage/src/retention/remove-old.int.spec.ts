import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createPool } from '../postgres/pool.js';
import { removeOld, RETAINED_KINDS, type RetainedKind } from './remove-old.js';

const CUTOFF = Date.UTC(2026, 4, 20);
const MINUTE = 60_000;
const OLD = CUTOFF - MINUTE;
const YOUNG = CUTOFF + MINUTE;

describe('retention', () => {
  let database: TestDatabase;
  let pool: Pool;
  const tenants: number[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    const { rows } = await pool.query<{ key: number }>(`INSERT INTO tenants (id) VALUES ('a'), ('b') RETURNING key`);
    tenants.push(...rows.map(({ key }) => key));
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

  /** Inserts one row; numbers in columns of time are ms. */
  async function insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
    const all = { tenant: tenants[0], ...row };
    const columns = Object.keys(all).map((column) => `"${column}"`);
    const values = Object.entries(all).map(([column, value]) =>
      typeof value === 'number' && (column === 'at' || column.endsWith('_at') || column === 'last_updated')
        ? new Date(value)
        : value,
    );
    const places = values.map((_, index) => `$${index + 1}`);
    await pool.query(`INSERT INTO ${table} (${columns.join()}) VALUES (${places.join()})`, values);
  }

  async function count(table: string): Promise<number> {
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return rows[0]?.n ?? 0;
  }

  async function episode(closed: boolean, updatedAt: number): Promise<string> {
    const id = randomUUID();
    await insert('alert_episodes', {
      id,
      twin: 1,
      patient: 'p',
      rule: id,
      severity: 'low',
      status: closed ? 'resolved' : 'open',
      closed,
      effective_at: OLD,
      raised_at: OLD,
      updated_at: updatedAt,
      sequence: 2,
      alert: '{}',
    });
    for (const sequence of [1, 2])
      await insert('alert_transitions', {
        episode: id,
        sequence,
        id: randomUUID(),
        transition: 'raised',
        at: OLD,
        recorded_at: OLD,
        alert: '{}',
      });
    return id;
  }

  async function delivery(row: Readonly<Record<string, unknown>>): Promise<void> {
    const key = { webhook: randomUUID(), message: randomUUID() };
    await insert('deliveries', { ...key, type: 't', body: '{}', created_at: OLD, next_attempt_at: OLD, ...row });
    await insert('delivery_attempts', { ...key, attempt: 1, at: OLD, milliseconds: 1 });
  }

  const version = { type: 'Patient', id: 'p', content: '{}', last_updated: OLD };

  /** How to make a row of each kind whose time is given, and where it is then. */
  const KINDS: Readonly<Record<RetainedKind, readonly [table: string, make: (at: number) => Promise<unknown>]>> = {
    alerts: ['alert_episodes', (at) => episode(true, at)],
    audit: ['audit', (at) => insert('audit', { id: randomUUID(), at, actor: 'c', act: 'acknowledge', target: 't' })],
    'client-assertions': [
      'client_assertions',
      (at) => insert('client_assertions', { client: 'c', jti: randomUUID(), expires_at: at }),
    ],
    'revoked-tokens': [
      'revoked_tokens',
      (at) => insert('revoked_tokens', { client: 'c', jti: randomUUID(), expires_at: at }),
    ],
    'bundle-jobs': [
      'fhir_bundle_jobs',
      (at) =>
        insert('fhir_bundle_jobs', {
          id: randomUUID(),
          client: 'c',
          request: '',
          context: '{}',
          answer: '{}',
          finished_at: at,
        }),
    ],
    'dead-letters': [
      'dead_letters',
      (at) =>
        insert('dead_letters', {
          id: randomUUID(),
          consumer_group: 'g',
          topic: 't',
          partition: 0,
          offset: 1,
          key: 'k',
          value: 'v',
          reason: 'r',
          at,
        }),
    ],
    deliveries: ['deliveries', (at) => delivery({ status: 'parked', finished_at: at })],
    'fhir-versions': [
      'fhir_resource_versions',
      (at) =>
        insert('fhir_resource_versions', {
          ...version,
          version: [OLD, CUTOFF, YOUNG].indexOf(at) + 1,
          superseded_at: at,
        }),
    ],
    'idempotency-keys': [
      'idempotency_keys',
      (at) => insert('idempotency_keys', { client: 'c', key: randomUUID(), request_hash: 'h', at }),
    ],
    'model-jobs': [
      'model_jobs',
      (at) => insert('model_jobs', { id: randomUUID(), kind: 'fit', client: 'c', request: '', finished_at: at }),
    ],
    'parked-records': [
      'deferred_records',
      async (at) => {
        const patient = randomUUID();
        await insert('quarantined_twins', { patient, twin: 1, reason: 'r', since: new Date(OLD) });
        await insert('deferred_records', { patient, offset: 1, partition: 0, value: '{}', deferred_at: at });
      },
    ],
    proposals: [
      'proposals',
      (at) => insert('proposals', { id: randomUUID(), patient: 'p', proposal: '{}', expires_at: at, created_at: at }),
    ],
    rejections: [
      'rejections',
      (at) => insert('rejections', { at, door: 'http', request: 'r', code: 'c', message: 'm' }),
    ],
    scenarios: [
      'scenarios',
      (at) =>
        insert('scenarios', {
          id: randomUUID(),
          patient: 'p',
          plan: '{}',
          model_version: '1.0.0',
          parameters_version: 0,
          client: 'c',
          created_at: at,
        }),
    ],
    suppressions: [
      'alert_suppressions',
      (at) =>
        insert('alert_suppressions', {
          id: randomUUID(),
          twin: 1,
          patient: 'p',
          episode: randomUUID(),
          rule: 'r',
          rule_version: '1',
          severity: 'low',
          reason: 'r',
          effective_at: OLD,
          at,
        }),
    ],
  };

  it.each(RETAINED_KINDS)('removes %s that are older, and keeps those of the cutoff and after', async (kind) => {
    const [table, make] = KINDS[kind];
    await make(OLD);
    await make(CUTOFF);
    await make(YOUNG);
    expect(await removeOld(pool, kind, CUTOFF)).toBe(1);
    expect(await count(table)).toBe(2);
    expect(await removeOld(pool, kind, CUTOFF)).toBe(0);
  });

  it('removes the steps of an alert and the attempts of a delivery with it', async () => {
    await episode(true, OLD);
    await delivery({ status: 'delivered', finished_at: OLD });
    await removeOld(pool, 'alerts', CUTOFF);
    await removeOld(pool, 'deliveries', CUTOFF);
    expect(await count('alert_transitions')).toBe(0);
    expect(await count('delivery_attempts')).toBe(0);
  });

  it('removes the resources of an alert with it, all versions, and no others', async () => {
    const [gone, open] = [await episode(true, OLD), await episode(false, OLD)];
    const communication = randomUUID();
    await insert('alert_communications', { alert: gone, id: communication });
    const resource = { content: '{}', last_updated: OLD, version: 2 };
    for (const id of [gone, open, communication, 'of-a-client'])
      for (const type of ['DetectedIssue', 'Flag', 'Communication', 'Provenance']) {
        await insert('fhir_resources', { ...resource, type, id });
        await insert('fhir_resource_versions', { ...resource, type, id, version: 1, superseded_at: YOUNG });
      }
    await removeOld(pool, 'alerts', CUTOFF);
    for (const table of ['fhir_resources', 'fhir_resource_versions']) {
      const { rows } = await pool.query<{ type: string; id: string }>(
        `SELECT type, id FROM ${table} ORDER BY type, id`,
      );
      const left = rows.map(({ type, id }) => `${type} ${id}`);
      // What has the id and is of another type belongs to somebody else.
      expect(left).toHaveLength(16 - 5);
      expect(left).not.toContain(`Provenance ${communication}`);
      expect(left).toEqual(expect.arrayContaining([`Flag ${open}`, `Communication ${gone}`, 'Flag of-a-client']));
    }
    expect(await count('alert_communications')).toBe(0);
  });

  it('keeps an open alert with all that belongs to it, however old', async () => {
    const open = await episode(false, OLD);
    await delivery({ status: 'delivered', finished_at: OLD, episode: open });
    await insert('audit', {
      id: randomUUID(),
      at: OLD,
      actor: 'c',
      act: 'snooze',
      target: 't',
      detail: { episode: open },
    });
    const suppression = { twin: 1, patient: 'p', rule: 'r', rule_version: '1', severity: 'low', reason: 'r' };
    await insert('alert_suppressions', {
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
    await delivery({ status: 'pending' });
    await delivery({ status: 'pending', finished_at: OLD });
    await insert('fhir_resources', { ...version, version: 7 });
    await insert('deferred_records', { patient: 'p', offset: 1, partition: 0, value: '{}', deferred_at: OLD });
    for (const act of ['set-thresholds', 'set-monitoring', 'set-tenant-thresholds'])
      await insert('audit', { id: randomUUID(), at: OLD, actor: 'c', act, target: 'Patient/p' });
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
    await episode(true, OLD);
    await episode(true, OLD);
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM alert_episodes LIMIT 1 FOR UPDATE');
    expect(await removeOld(pool, 'alerts', CUTOFF)).toBe(1);
    await client.query('COMMIT');
    client.release();
    expect(await removeOld(pool, 'alerts', CUTOFF)).toBe(1);
  });
});
