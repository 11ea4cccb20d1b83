import type { Pool } from 'pg';
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

const COLUMNS = `tenant, id::text AS id, url, filter, description, status, status_reason,
  (extract(epoch FROM created_at) * 1000)::float8 AS created_ms`;

interface Row {
  tenant: number;
  id: string;
  url: string;
  filter: WebhookFilter;
  description: string | null;
  status: 'active' | 'disabled';
  status_reason: string | null;
  created_ms: number;
}

function toWebhook(row: Row): Webhook {
  return {
    tenant: row.tenant,
    id: row.id,
    url: row.url,
    filter: row.filter,
    description: row.description,
    status: row.status,
    statusReason: row.status_reason,
    createdAt: row.created_ms,
  };
}

/** Subscriptions in Postgres. Every call names the tenant; another tenant's webhook is as good as absent. */
export class WebhookStore {
  constructor(private readonly pool: Pool) {}

  async create(webhook: NewWebhook): Promise<Webhook> {
    const { rows } = await this.pool.query<Row>(
      `INSERT INTO webhooks (tenant, id, url, secret, filter, description, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [
        webhook.tenant,
        webhook.id,
        webhook.url,
        webhook.secret,
        JSON.stringify(webhook.filter),
        webhook.description,
        webhook.createdBy,
      ],
    );
    return toWebhook(rows[0] as Row);
  }

  /** Page of a tenant's webhooks by id; `after` is the last id of the page before. */
  async list(tenant: number, limit: number, after?: string): Promise<readonly Webhook[]> {
    const { rows } = await this.pool.query<Row>(
      `SELECT ${COLUMNS} FROM webhooks WHERE tenant = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [tenant, after ?? null, limit],
    );
    return rows.map(toWebhook);
  }

  async get(tenant: number, id: string): Promise<Webhook | undefined> {
    const { rows } = await this.pool.query<Row>(`SELECT ${COLUMNS} FROM webhooks WHERE tenant = $1 AND id = $2`, [
      tenant,
      id,
    ]);
    return rows[0] === undefined ? undefined : toWebhook(rows[0]);
  }

  /** Changes what the patch names; making a webhook active again lets its lane go on where it stopped. */
  async update(tenant: number, id: string, patch: WebhookPatch): Promise<Webhook | undefined> {
    const { rows } = await this.pool.query<Row>(
      `WITH changed AS (
         UPDATE webhooks SET
           url = coalesce($3, url),
           filter = coalesce($4::jsonb, filter),
           description = CASE WHEN $5 THEN $6 ELSE description END,
           status = coalesce($7, status),
           status_reason = CASE WHEN $7 = 'active' THEN NULL WHEN $7 = 'disabled' THEN 'disabled by a client' ELSE status_reason END,
           updated_at = now()
         WHERE tenant = $1 AND id = $2 RETURNING *)
       SELECT ${COLUMNS}, pg_notify('webhook_lanes', tenant || '/' || id) FROM changed`,
      [
        tenant,
        id,
        patch.url ?? null,
        patch.filter === undefined ? null : JSON.stringify(patch.filter),
        patch.description !== undefined,
        patch.description ?? null,
        patch.status ?? null,
      ],
    );
    return rows[0] === undefined ? undefined : toWebhook(rows[0]);
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

  /** Secrets of the lanes a dispatcher serves. */
  async secretOf(tenant: number, id: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ secret: string }>(
      `SELECT secret FROM webhooks WHERE tenant = $1 AND id = $2`,
      [tenant, id],
    );
    return rows[0]?.secret;
  }

  /** Stops a lane because of what its endpoint answered. */
  async disable(tenant: number, id: string, reason: string): Promise<void> {
    await this.pool.query(
      `UPDATE webhooks SET status = 'disabled', status_reason = $3, updated_at = now() WHERE tenant = $1 AND id = $2`,
      [tenant, id, reason],
    );
  }
}
