import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { RetainedKind } from './remove-old.js';

export const CUTOFF = Date.UTC(2026, 4, 20);
const MINUTE = 60_000;
export const OLD = CUTOFF - MINUTE;
export const YOUNG = CUTOFF + MINUTE;
export const VERSION = { type: 'Patient', id: 'p', content: '{}', last_updated: OLD };

/** Puts rows of what retention removes into a database, of one tenant. */
export class RetainedRows {
  constructor(
    private readonly pool: Pool,
    private readonly tenant: number,
  ) {}

  /** Inserts one row; numbers in columns of time are ms. */
  async insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
    const all = { tenant: this.tenant, ...row };
    const columns = Object.keys(all).map((column) => `"${column}"`);
    const values = Object.entries(all).map(([column, value]) =>
      typeof value === 'number' && (column === 'at' || column.endsWith('_at') || column === 'last_updated')
        ? new Date(value)
        : value,
    );
    const places = values.map((_, index) => `$${index + 1}`);
    await this.pool.query(`INSERT INTO ${table} (${columns.join()}) VALUES (${places.join()})`, values);
  }

  async episode(closed: boolean, updatedAt: number): Promise<string> {
    const id = randomUUID();
    await this.insert('alert_episodes', {
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
      await this.insert('alert_transitions', {
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

  async delivery(row: Readonly<Record<string, unknown>>): Promise<void> {
    const key = { webhook: randomUUID(), message: randomUUID() };
    await this.insert('deliveries', { ...key, type: 't', body: '{}', created_at: OLD, next_attempt_at: OLD, ...row });
    await this.insert('delivery_attempts', { ...key, attempt: 1, at: OLD, milliseconds: 1 });
  }

  /** How to make a row of each kind whose time is given, and where it is then. */
  kinds(): Readonly<Record<RetainedKind, readonly [table: string, make: (at: number) => Promise<unknown>]>> {
    return {
      alerts: ['alert_episodes', (at) => this.episode(true, at)],
      audit: [
        'audit',
        (at) => this.insert('audit', { id: randomUUID(), at, actor: 'c', act: 'acknowledge', target: 't' }),
      ],
      'client-assertions': [
        'client_assertions',
        (at) => this.insert('client_assertions', { client: 'c', jti: randomUUID(), expires_at: at }),
      ],
      'revoked-tokens': [
        'revoked_tokens',
        (at) => this.insert('revoked_tokens', { client: 'c', jti: randomUUID(), expires_at: at }),
      ],
      'bundle-jobs': [
        'fhir_bundle_jobs',
        (at) =>
          this.insert('fhir_bundle_jobs', {
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
          this.insert('dead_letters', {
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
      deliveries: ['deliveries', (at) => this.delivery({ status: 'parked', finished_at: at })],
      'fhir-versions': [
        'fhir_resource_versions',
        (at) =>
          this.insert('fhir_resource_versions', {
            ...VERSION,
            version: [OLD, CUTOFF, YOUNG].indexOf(at) + 1,
            superseded_at: at,
          }),
      ],
      'idempotency-keys': [
        'idempotency_keys',
        (at) => this.insert('idempotency_keys', { client: 'c', key: randomUUID(), request_hash: 'h', at }),
      ],
      'model-jobs': [
        'model_jobs',
        (at) => this.insert('model_jobs', { id: randomUUID(), kind: 'fit', client: 'c', request: '', finished_at: at }),
      ],
      'parked-records': [
        'deferred_records',
        async (at) => {
          const patient = randomUUID();
          await this.insert('quarantined_twins', { patient, twin: 1, reason: 'r', since: new Date(OLD) });
          await this.insert('deferred_records', { patient, offset: 1, partition: 0, value: '{}', deferred_at: at });
        },
      ],
      proposals: [
        'proposals',
        (at) =>
          this.insert('proposals', { id: randomUUID(), patient: 'p', proposal: '{}', expires_at: at, created_at: at }),
      ],
      rejections: [
        'rejections',
        (at) => this.insert('rejections', { at, door: 'http', request: 'r', code: 'c', message: 'm' }),
      ],
      scenarios: [
        'scenarios',
        (at) =>
          this.insert('scenarios', {
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
          this.insert('alert_suppressions', {
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
  }
}
