import type { Pool } from 'pg';
import { createPrisma, type Prisma } from '#libs/platform/storage';
import type { WebhookFilter } from './filter.js';

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

/** Subscriptions in Postgres. Every call names the tenant; another tenant's webhook is as good as absent. */
export class WebhookStore {
  private readonly prisma: Prisma;

  constructor(private readonly pool: Pool) {
    this.prisma = createPrisma(pool);
  }

  async create(webhook: NewWebhook): Promise<Webhook> {
    return toWebhook(
      await this.prisma.webhook.create({ data: { ...webhook, filter: { ...webhook.filter } as object } }),
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

  /** Changes what the patch names; making a webhook active again lets its lane go on where it stopped. */
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

  /** Removes the subscription; what it had still to be told is removed with it. */
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

  /** What a lane needs to send; undefined when there is nothing to send to. */
  async endpoint(tenant: number, id: string): Promise<{ readonly url: string; readonly secret: string } | undefined> {
    const row = await this.prisma.webhook.findUnique({
      where: { tenant_id: { tenant, id } },
      select: { url: true, secret: true, status: true },
    });
    return row?.status === 'active' ? row : undefined;
  }

  /** Stops a lane because of what its endpoint answered. */
  async disable(tenant: number, id: string, reason: string): Promise<void> {
    await this.prisma.webhook.updateMany({
      where: { tenant, id },
      data: { status: 'disabled', statusReason: reason, updatedAt: new Date() },
    });
  }
}
