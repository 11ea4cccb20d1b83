import type { ClientBase } from 'pg';

/** A message about an alert that its endpoint has taken. */
export interface TakenMessage {
  readonly tenant: number;
  readonly webhook: string;
  /** What the owner of the webhook calls it. */
  readonly description: string | null;
  /** The `webhook-id`. */
  readonly message: string;
  /** As it was sent. */
  readonly body: string;
  /** ms since 1970 */
  readonly takenAt: number;
}

/**
 * Messages that an endpoint has taken and that are not yet known as communicated, the oldest first; locked until the transaction ends.
 * Those that another process holds are left to it.
 */
export async function takenDeliveries(client: ClientBase, limit: number): Promise<readonly TakenMessage[]> {
  const { rows } = await client.query<TakenMessage>({
    name: 'deliveries-taken',
    text: `SELECT d.tenant, d.webhook::text AS webhook, w.description, d.message::text AS message, d.body,
        (extract(epoch FROM coalesce(d.finished_at, d.created_at)) * 1000)::float8 AS "takenAt"
      FROM deliveries d LEFT JOIN webhooks w ON w.tenant = d.tenant AND w.id = d.webhook
      WHERE d.status = 'delivered' AND NOT d.communicated AND d.episode IS NOT NULL
      ORDER BY d.lane LIMIT $1 FOR UPDATE OF d SKIP LOCKED`,
    values: [limit],
  });
  return rows;
}

/** Notes that these messages are known as communicated. */
export async function markCommunicated(client: ClientBase, messages: readonly TakenMessage[]): Promise<void> {
  await client.query({
    name: 'deliveries-communicated',
    text: `UPDATE deliveries d SET communicated = true
      FROM unnest($1::int[], $2::uuid[], $3::uuid[]) AS u (tenant, webhook, message)
      WHERE d.tenant = u.tenant AND d.webhook = u.webhook AND d.message = u.message`,
    values: [
      messages.map(({ tenant }) => tenant),
      messages.map(({ webhook }) => webhook),
      messages.map(({ message }) => message),
    ],
  });
}
