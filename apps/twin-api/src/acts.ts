import type { Pool, PoolClient } from 'pg';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import {
  patientKey,
  TOPICS,
  type AcknowledgeRequest,
  type ActAnswerSchema,
  type ActRecord,
  type PutThresholdsRequest,
  type ResolveRequest,
  type SnoozeRequest,
  type WireThreshold,
} from '#libs/contracts';
import { appendInTransaction } from '#libs/platform/messaging';
import { notFound, Problem, type Access } from '#libs/platform/runtime';
import { findTwin, planTenantAct, setTenantThresholds } from '#libs/platform/storage';
import { episodeOf } from './episodes.js';
import { refuseThresholds } from './threshold-check.js';

type ActAnswer = z.input<typeof ActAnswerSchema>;
type Does = ActRecord['does'];

const LONGEST_SNOOZE_MS = 24 * 3_600_000;

/**
 * What people do: written to the audit and to the log in one transaction, so that an accepted act is never lost. The engine applies it
 * in the order of the patient's log, like any other event.
 */
export class Acts {
  /** @param onTenantAct called when an act for all patients of a tenant was planned */
  constructor(
    private readonly pool: Pool,
    private readonly onTenantAct: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  async acknowledge(access: Access, id: string, request: z.output<typeof AcknowledgeRequest>): Promise<ActAnswer> {
    const { patient } = await episodeOf(this.pool, access.tenant.key, id);
    return this.record(access, patient, `Alert/${id}`, { type: 'acknowledge', episode: id, ...defined(request) });
  }

  async snooze(access: Access, id: string, request: z.output<typeof SnoozeRequest>): Promise<ActAnswer> {
    const until = Date.parse(request.until);
    if (until <= this.now() || until > this.now() + LONGEST_SNOOZE_MS) {
      throw new Problem(400, 'invalid', 'the request does not have the expected shape', [
        { pointer: '/until', code: 'out-of-range', detail: 'must be ahead, by at most 24 hours' },
      ]);
    }
    const patient = await this.patientOfOpen(access, id);
    const { until: _until, ...rest } = request;
    return this.record(access, patient, `Alert/${id}`, { type: 'snooze', episode: id, until, ...defined(rest) });
  }

  async resolve(access: Access, id: string, request: z.output<typeof ResolveRequest>): Promise<ActAnswer> {
    const patient = await this.patientOfOpen(access, id);
    return this.record(access, patient, `Alert/${id}`, { type: 'resolve', episode: id, ...defined(request) });
  }

  async setThresholds(
    access: Access,
    patient: string,
    request: z.output<typeof PutThresholdsRequest>,
  ): Promise<ActAnswer> {
    const twin = await findTwin(this.pool, access.tenant.key, patient);
    if (twin === undefined) throw notFound('the patient');
    const thresholds = this.checked(request, 'patient');
    return this.record(access, patient, `Patient/${patient}`, { type: 'set-thresholds', thresholds });
  }

  /**
   * Limits for all patients of the tenant: valid and durable at once; the act follows into the log of every patient whose twin exists,
   * a few at a time (tenant-act-job.ts). A twin that is made later begins with them (docs/adr/0009, 0026).
   */
  async setTenantThresholds(access: Access, request: z.output<typeof PutThresholdsRequest>): Promise<ActAnswer> {
    const thresholds = this.checked(request, 'tenant');
    const act = uuid();
    const tenant = access.tenant.key;
    const receivedAt = this.now();
    const does: Does = { type: 'set-tenant-thresholds', thresholds };
    const record: Omit<ActRecord, 'patient'> = {
      v: 1,
      kind: 'act',
      tenant,
      receivedAt,
      act,
      actor: access.client,
      does,
    };
    await inTransaction(this.pool, async (client) => {
      await setTenantThresholds(client, tenant, access.client, thresholds);
      await audit(client, { tenant, act, receivedAt, actor: access.client, target: 'Tenant', does });
      await planTenantAct(client, { tenant, record: JSON.stringify(record) });
    });
    this.onTenantAct();
    return { act, status: 'accepted' };
  }

  private checked(request: z.output<typeof PutThresholdsRequest>, layer: 'tenant' | 'patient'): WireThreshold[] {
    const thresholds = request.thresholds.map(({ rule, limits, reason, expiresAt }) => ({
      rule,
      limits,
      reason,
      ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
    }));
    refuseThresholds(thresholds, this.now(), layer);
    return thresholds;
  }

  private async patientOfOpen(access: Access, id: string): Promise<string> {
    const episode = await episodeOf(this.pool, access.tenant.key, id);
    if (episode.closed) throw new Problem(409, 'alert-closed', 'the episode has ended; it can only be acknowledged');
    return episode.patient;
  }

  private async record(access: Access, patient: string, target: string, does: Does): Promise<ActAnswer> {
    const act = uuid();
    const tenant = access.tenant.key;
    const receivedAt = this.now();
    const record: ActRecord = { v: 1, kind: 'act', tenant, patient, receivedAt, act, actor: access.client, does };
    await inTransaction(this.pool, async (client) => {
      await audit(client, { tenant, act, receivedAt, actor: access.client, target, does });
      const value = JSON.stringify(record);
      await appendInTransaction(client, [{ topic: TOPICS.patientInput, key: patientKey(tenant, patient), value }]);
    });
    return { act, status: 'accepted' };
  }
}

interface Audited {
  readonly tenant: number;
  readonly act: string;
  readonly receivedAt: number;
  readonly actor: string;
  readonly target: string;
  readonly does: Does;
}

async function audit(client: PoolClient, { tenant, act, receivedAt, actor, target, does }: Audited): Promise<void> {
  await client.query(
    `INSERT INTO audit (tenant, id, at, actor, act, target, detail) VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4, $5, $6, $7)`,
    [tenant, act, receivedAt, actor, does.type, target, JSON.stringify(does)],
  );
}

async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release(true);
    throw error;
  }
}

/** Without the members that are undefined: they would be written as such nowhere, but the types tell them apart. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
