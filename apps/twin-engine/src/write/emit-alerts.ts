import type { PoolClient } from 'pg';
import { twinKey, TOPICS, type AlertRecord } from '#libs/contracts';
import { appendInTransaction, type NewRecord } from '#libs/platform/messaging';
import { commitBehind, sentTogether } from '#libs/platform/storage';
import { activeWebhooks, enqueueAlerts, type ActiveWebhook, type LaneKey } from '#libs/platform/delivery';

/**
 * Queues alerts for the webhooks that want them and appends them to their topic, in the caller's transaction and as late as possible in it:
 * the counters of the log are locked until the commit.
 *
 * @param now ms
 * @param webhooks those of the alerts' tenants, where they are known already
 * @returns the queues of which the dispatchers are to be notified after the commit (`wakeLanes`)
 */
export async function emitAlerts(
  client: PoolClient,
  alerts: readonly AlertRecord[],
  now: number,
  webhooks?: readonly ActiveWebhook[],
): Promise<readonly LaneKey[]> {
  if (alerts.length === 0) return [];
  const of = webhooks ?? (await activeWebhooks(client, alerts));
  const { queueing, appending } = sendAlerts(client, alerts, of, now);
  await sentTogether([queueing, appending]);
  return queueing;
}

/**
 * {@link emitAlerts}, and commits behind it in the same round trip: the counters are locked no longer than that.
 *
 * @param webhooks those of the alerts' tenants
 */
export async function commitWithAlerts(
  client: PoolClient,
  alerts: readonly AlertRecord[],
  webhooks: readonly ActiveWebhook[],
  now: number,
): Promise<readonly LaneKey[]> {
  if (alerts.length === 0) {
    await client.query('COMMIT');
    return [];
  }
  const { queueing, appending } = sendAlerts(client, alerts, webhooks, now);
  await commitBehind(client, [queueing, appending]);
  return queueing;
}

function sendAlerts(
  client: PoolClient,
  alerts: readonly AlertRecord[],
  webhooks: readonly ActiveWebhook[],
  now: number,
): { readonly queueing: Promise<readonly LaneKey[]>; readonly appending: Promise<unknown> } {
  return {
    queueing: enqueueAlerts(client, alerts, webhooks, now),
    appending: appendInTransaction(client, alerts.map(toLog)),
  };
}

function toLog(record: AlertRecord): NewRecord {
  return {
    topic: TOPICS.alerts,
    key: twinKey(record.tenant, 'patient', record.patient),
    value: JSON.stringify(record),
  };
}
