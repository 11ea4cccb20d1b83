import type { Pool } from 'pg';
import { NO_KEYS, placeOfWebhook, SecretBox } from '#libs/platform/secrets';
import { createPrisma, type Prisma } from '#libs/platform/storage';
import type { WebhookFilter } from './filter.js';
import { opened, type SigningSecret } from './webhook-signature.js';

/** A subscription of the plain kind. The secret leaves this store only to sign, and once to its creator. */
export interface Webhook {
  readonly tenant: number;
  readonly id: string;
  readonly url: string;
  readonly filter: WebhookFilter;
  readonly description: string | null;
  readonly status: 'active' | 'disabled';
  readonly statusReason: string | null;
  /** ms since 1970 */
  readonly createdAt: number;
}

export interface NewWebhook {
  readonly tenant: number;
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly filter: WebhookFilter;
  readonly description: string | null;
  readonly createdBy: string;
}

export interface WebhookPatch {
  readonly url?: string;
  readonly filter?: WebhookFilter;
  readonly description?: string | null;
  readonly status?: 'active' | 'disabled';
}

interface Row {
  readonly tenant: number;
  readonly id: string;
  readonly url: string;
  readonly filter: unknown;
  readonly description: string | null;
  readonly status: string;
  readonly statusReason: string | null;
  readonly createdAt: Date;
}

function toWebhook(row: Row): Webhook {
  return {
    tenant: row.tenant,
    id: row.id,
    url: row.url,
    // The column is written by `create` and `update` only, from a checked filter.
    filter: row.filter as WebhookFilter,
    description: row.description,
    status: row.status === 'active' ? 'active' : 'disabled',
    statusReason: row.statusReason,
    createdAt: row.createdAt.getTime(),
  };
}

/** Subscriptions in Postgres. Every call names the tenant; another tenant's webhook is treated as not found. */
export class WebhookStore {
  private readonly prisma: Prisma;

  constructor(
    private readonly pool: Pool,
    private readonly box: SecretBox = new SecretBox(NO_KEYS),
  ) {
    this.prisma = createPrisma(pool);
  }

  async create(webhook: NewWebhook): Promise<Webhook> {
    const secret = this.box.seal(webhook.secret, placeOfWebhook(webhook.tenant, webhook.id));
    return toWebhook(
      await this.prisma.webhook.create({ data: { ...webhook, secret, filter: { ...webhook.filter } as object } }),
    );
  }

  /** Page of a tenant's webhooks by id; `after` is the last id of the page before. */
  async list(tenant: number, limit: number, after?: string): Promise<readonly Webhook[]> {
    const rows = await this.prisma.webhook.findMany({
      where: { tenant, ...(after === undefined ? {} : { id: { gt: after } }) },
      orderBy: { id: 'asc' },
      take: limit,
    });
    return rows.map(toWebhook);
  }

  async get(tenant: number, id: string): Promise<Webhook | undefined> {
    const row = await this.prisma.webhook.findUnique({ where: { tenant_id: { tenant, id } } });
    return row === null ? undefined : toWebhook(row);
  }

  /** Changes what the patch names; making a webhook active again resumes its lane where it stopped. */
  async update(tenant: number, id: string, patch: WebhookPatch): Promise<Webhook | undefined> {
    const changed = await this.prisma.webhook.updateMany({
      where: { tenant, id },
      data: {
        ...(patch.url === undefined ? {} : { url: patch.url }),
        ...(patch.filter === undefined ? {} : { filter: { ...patch.filter } as object }),
        ...(patch.description === undefined ? {} : { description: patch.description }),
        ...(patch.status === undefined
          ? {}
          : { status: patch.status, statusReason: patch.status === 'active' ? null : 'disabled by a client' }),
        updatedAt: new Date(),
      },
    });
    if (changed.count === 0) return undefined;
    await this.pool.query(`SELECT pg_notify('webhook_lanes', $1::int || '/' || $2::uuid)`, [tenant, id]);
    return this.get(tenant, id);
  }

  /**
   * Changes the secrets of a webhook (the newest first) and notes it in the audit, in one transaction.
   *
   * @param decide undefined changes nothing
   * @returns undefined when there is no such webhook
   */
  async rotate(
    tenant: number,
    id: string,
    decide: (secrets: readonly SigningSecret[]) => readonly SigningSecret[] | undefined,
    audit: { readonly id: string; readonly at: number; readonly actor: string; readonly detail: object },
  ): Promise<'rotated' | 'unchanged' | undefined> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ secrets: SigningSecret[] }>(
        `SELECT jsonb_build_array(jsonb_build_object('secret', secret, 'until', NULL)) || retired_secrets AS secrets
         FROM webhooks WHERE tenant = $1 AND id = $2 FOR UPDATE`,
        [tenant, id],
      );
      const [row] = rows;
      const place = placeOfWebhook(tenant, id);
      const [current, ...retired] = row === undefined ? [] : (decide(opened(row.secrets, this.box, place)) ?? []);
      if (current !== undefined) {
        await client.query(
          `UPDATE webhooks SET secret = $3, retired_secrets = $4, updated_at = now() WHERE tenant = $1 AND id = $2`,
          [
            tenant,
            id,
            this.box.seal(current.secret, place),
            JSON.stringify(retired.map((one) => ({ ...one, secret: this.box.seal(one.secret, place) }))),
          ],
        );
        await client.query(
          `INSERT INTO audit (tenant, id, at, actor, act, target, detail)
           VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4, 'rotate-webhook-secret', $5, $6)`,
          [tenant, audit.id, audit.at, audit.actor, `Webhook/${id}`, JSON.stringify(audit.detail)],
        );
        await client.query(`SELECT pg_notify('webhook_lanes', $1::int || '/' || $2::uuid)`, [tenant, id]);
      }
      await client.query('COMMIT');
      if (row === undefined) return undefined;
      return current === undefined ? 'unchanged' : 'rotated';
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** Removes the subscription; messages still pending are removed with it. */
  async remove(tenant: number, id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `WITH gone AS (DELETE FROM webhooks WHERE tenant = $1 AND id = $2 RETURNING tenant, id),
            attempts AS (DELETE FROM delivery_attempts USING gone WHERE delivery_attempts.tenant = gone.tenant AND webhook = gone.id),
            messages AS (DELETE FROM deliveries USING gone WHERE deliveries.tenant = gone.tenant AND webhook = gone.id)
       SELECT id FROM gone`,
      [tenant, id],
    );
    return (rowCount ?? 0) > 0;
  }

  /** Stops a lane because of what its endpoint answered. */
  async disable(tenant: number, id: string, reason: string): Promise<void> {
    await this.prisma.webhook.updateMany({
      where: { tenant, id },
      data: { status: 'disabled', statusReason: reason, updatedAt: new Date() },
    });
  }
}
