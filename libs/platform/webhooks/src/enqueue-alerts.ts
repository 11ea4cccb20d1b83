import type { PoolClient } from 'pg';
import type { AlertRecord, Severity } from '#libs/contracts';
import { matchesFilter, type WebhookFilter } from './filter.js';

/** Severity as a number in the queue, the gravest the largest; 0 is what is no alert. */
const RANKS = { high: 3, medium: 2, low: 1 } as const satisfies Record<Severity, number>;

/** The body that is posted: Standard Webhooks' `type`, `timestamp`, `data`. */
export function messageBody(record: AlertRecord): string {
  return JSON.stringify({
    type: `alert.${record.alert.transition}`,
    timestamp: new Date(record.receivedAt).toISOString(),
    // Records written before the alert carried it have the sequence beside it.
    data: { ...record.alert, sequence: record.sequence },
  });
}

/**
 * Queues each alert for every active webhook of its tenant that wants it, in the caller's transaction. A webhook that was told
 * of an episode is told the rest of it even when its severity has moved out of the filter. A record that comes twice
 * changes nothing. Wakes the lanes when the transaction commits. Answers how many messages were queued.
 */
export async function enqueueAlerts(client: PoolClient, records: readonly AlertRecord[], now: number): Promise<number> {
  if (records.length === 0) return 0;
  const tenants = [...new Set(records.map((record) => record.tenant))];
  const { rows: webhooks } = await client.query<{ tenant: number; id: string; filter: WebhookFilter }>({
    name: 'webhooks-active',
    text: `SELECT tenant, id::text AS id, filter FROM webhooks WHERE tenant = ANY($1::int[]) AND status = 'active'`,
    values: [tenants],
  });
  const columns = {
    tenant: [],
    webhook: [],
    message: [],
    episode: [],
    rank: [],
    type: [],
    body: [],
    wanted: [],
    received: [],
  } as {
    tenant: number[];
    webhook: string[];
    message: string[];
    episode: string[];
    rank: number[];
    type: string[];
    body: string[];
    wanted: boolean[];
    received: number[];
  };
  for (const record of records) {
    const targets = webhooks.filter((webhook) => webhook.tenant === record.tenant);
    if (targets.length === 0) continue;
    const body = messageBody(record);
    for (const webhook of targets) {
      columns.tenant.push(record.tenant);
      columns.webhook.push(webhook.id);
      columns.message.push(record.transition);
      columns.episode.push(record.alert.episode);
      columns.rank.push(RANKS[record.alert.severity]);
      columns.type.push(`alert.${record.alert.transition}`);
      columns.body.push(body);
      columns.wanted.push(matchesFilter(record.alert, webhook.filter));
      columns.received.push(record.receivedAt);
    }
  }
  if (columns.tenant.length === 0) return 0;
  const { rowCount } = await client.query({
    name: 'deliveries-enqueue',
    text: `WITH offered AS (
        SELECT * FROM unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bool[], $9::int2[], $10::float8[])
          WITH ORDINALITY AS o (tenant, webhook, message, episode, type, body, wanted, rank, received, position)),
      queued AS (
        INSERT INTO deliveries (tenant, webhook, message, episode, type, body, rank, received_at, created_at, next_attempt_at)
        SELECT tenant, webhook, message, episode, type, body, rank, to_timestamp(received / 1000),
          to_timestamp($8::float8 / 1000), to_timestamp($8::float8 / 1000)
        FROM offered o
        WHERE wanted
          OR EXISTS (SELECT FROM deliveries d WHERE d.tenant = o.tenant AND d.webhook = o.webhook AND d.episode = o.episode)
          OR EXISTS (SELECT FROM offered e WHERE e.tenant = o.tenant AND e.webhook = o.webhook AND e.episode = o.episode
                       AND e.position < o.position AND e.wanted)
        ORDER BY position
        ON CONFLICT (tenant, webhook, message) DO NOTHING
        RETURNING tenant, webhook),
      woken AS (SELECT DISTINCT tenant, webhook FROM queued)
      SELECT q.tenant FROM queued q, (SELECT count(pg_notify('webhook_lanes', tenant || '/' || webhook)) FROM woken) AS w`,
    values: [
      columns.tenant,
      columns.webhook,
      columns.message,
      columns.episode,
      columns.type,
      columns.body,
      columns.wanted,
      now,
      columns.rank,
      columns.received,
    ],
  });
  return rowCount ?? 0;
}
