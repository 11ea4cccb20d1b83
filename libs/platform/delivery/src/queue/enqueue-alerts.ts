import type { ClientBase } from 'pg';
import type { AlertRecord, Severity } from '#libs/contracts';
import { matchesFilter, type WebhookFilter } from '../webhooks/filter.js';

/** Severity as a number in the queue, the highest severity the largest; 0: not an alert. */
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

/** A webhook that may be sent alerts. */
export interface ActiveWebhook {
  readonly tenant: number;
  readonly id: string;
  readonly filter: WebhookFilter;
}

/** The queue of one webhook. */
export interface LaneKey {
  readonly tenant: number;
  readonly webhook: string;
}

/** The webhooks to which alerts of these records may go. */
export async function activeWebhooks(
  client: Pick<ClientBase, 'query'>,
  records: readonly AlertRecord[],
): Promise<readonly ActiveWebhook[]> {
  if (records.length === 0) return [];
  const { rows } = await client.query<ActiveWebhook>({
    name: 'webhooks-active',
    text: `SELECT tenant, id::text AS id, filter FROM webhooks WHERE tenant = ANY($1::int[]) AND status = 'active'`,
    values: [[...new Set(records.map((record) => record.tenant))]],
  });
  return rows;
}

/**
 * Queues each alert for every active webhook of its tenant that wants it, in the caller's transaction. A webhook that was sent the
 * beginning of an episode is sent the rest of it even when its severity has moved out of the filter. A record that comes twice
 * changes nothing: the engine queues what it finds, and the dispatcher queues again what it reads in the log.
 *
 * @param webhooks see {@link activeWebhooks}
 * @param now ms
 * @returns the queues that have got messages: call {@link wakeLanes} with them after the commit
 */
export async function enqueueAlerts(
  client: Pick<ClientBase, 'query'>,
  records: readonly AlertRecord[],
  webhooks: readonly ActiveWebhook[],
  now: number,
): Promise<readonly LaneKey[]> {
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
  if (columns.tenant.length === 0) return [];
  const { rows } = await client.query<LaneKey>({
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
        RETURNING tenant, webhook)
      SELECT DISTINCT tenant, webhook::text AS webhook FROM queued`,
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
  return rows;
}

/** The channel on which dispatchers listen; the payload is `tenant/webhook`. */
export const LANES_CHANNEL = 'webhook_lanes';

/**
 * Notifies the dispatchers that these queues have something to send. Not in the transaction that queued it: NOTIFY takes a lock of the
 * whole server until its transaction is on disk. One that is lost costs up to the two seconds until a dispatcher looks by itself.
 */
export async function wakeLanes(db: Pick<ClientBase, 'query'>, lanes: readonly LaneKey[]): Promise<void> {
  if (lanes.length === 0) return;
  await db.query({
    name: 'webhook-lanes-wake',
    text: `SELECT pg_notify('${LANES_CHANNEL}', lane) FROM unnest($1::text[]) AS l (lane)`,
    values: [lanes.map(({ tenant, webhook }) => `${tenant}/${webhook}`)],
  });
}
