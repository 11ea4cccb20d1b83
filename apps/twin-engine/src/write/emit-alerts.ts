import type { PoolClient } from 'pg';
import { twinKey, TOPICS, type AlertRecord } from '#libs/contracts';
import { appendInTransaction, type NewRecord } from '#libs/platform/messaging';
import { sentTogether } from '#libs/platform/storage';
import { activeWebhooks, enqueueAlerts, type LaneKey } from '#libs/platform/delivery';

/**
 * Queues alerts for the webhooks that want them and appends them to their topic, in the caller's transaction and as late as possible in it:
 * the counters of the log are locked until the commit.
 *
 * @param now ms
 * @returns the queues of which the dispatchers are to be notified after the commit (`wakeLanes`)
 */
export async function emitAlerts(
  client: PoolClient,
  alerts: readonly AlertRecord[],
  now: number,
): Promise<readonly LaneKey[]> {
  if (alerts.length === 0) return [];
  const queueing = enqueueAlerts(client, alerts, await activeWebhooks(client, alerts), now);
  await sentTogether([queueing, appendInTransaction(client, alerts.map(toLog))]);
  return queueing;
}

function toLog(record: AlertRecord): NewRecord {
  return {
    topic: TOPICS.alerts,
    key: twinKey(record.tenant, 'patient', record.patient),
    value: JSON.stringify(record),
  };
}
