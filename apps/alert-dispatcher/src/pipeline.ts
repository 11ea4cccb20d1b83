import type { Pool, PoolClient } from 'pg';
import { parseAlert, tenantOfKey, TOPICS, type AlertRecord } from '#libs/contracts';
import {
  appendInTransaction,
  consumeTransactionally,
  deadLetterOf,
  type Consumer,
  type EventLog,
  type LogRecord,
  type NewRecord,
} from '#libs/platform/messaging';
import { deadLetterAt, OffsetStore, storableText, writeDeadLetters } from '#libs/platform/storage';
import { activeWebhooks, enqueueAlerts, wakeLanes, type LaneKey } from '#libs/platform/delivery';

export const GROUP = 'alert-dispatcher';
/** Where the dispatchers stand in their topic. */
export const OFFSETS = new OffsetStore(GROUP, TOPICS.alerts);
const MAX_AT_ONCE = 500;

export interface PipelineDeps {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'consume' | 'ends'>;
  readonly now: () => number;
  readonly onDeadLetters: (deadLetters: readonly DeadLetter[]) => void;
  /** The consumer was given up for good: nothing more is delivered by this process. */
  readonly onFailed: (reason: string) => void;
}

/** A record that could not be read. */
interface DeadLetter {
  readonly record: LogRecord;
  readonly tenant: number;
  readonly reason: string;
}

/**
 * The way of an alert out: log → one row per endpoint that wants it, in one transaction with the offset → that endpoint's
 * lane (lane.ts) → signed POST (sender.ts) → delivery log. What cannot be read becomes a dead letter in the same transaction.
 * An engine that shares the database has queued most alerts already, in the transaction that found them (docs/adr/0028): those change
 * nothing here. What an engine of an earlier version or of another database found is queued here alone.
 */
export function startPipeline(deps: PipelineDeps): Promise<Consumer> {
  return consumeTransactionally({
    pool: deps.pool,
    log: deps.log,
    offsets: OFFSETS,
    maxBatch: MAX_AT_ONCE,
    apply: (client, records) => queueDeliveries(client, records, deps.now()),
    onCommitted: async ({ deadLetters, lanes }) => {
      if (deadLetters.length > 0) deps.onDeadLetters(deadLetters);
      // The dispatchers also look by themselves, so a wake that fails loses nothing.
      await wakeLanes(deps.pool, lanes).catch(() => undefined);
    },
    noteDeadLetter: (client, record, reason) =>
      writeDeadLetterRows(client, [{ record, tenant: tenantOfKey(record.key), reason }]),
    onFailed: deps.onFailed,
  });
}

/** Queues the deliveries of alerts, and notes what cannot be read. */
export async function queueDeliveries(
  client: PoolClient,
  records: readonly LogRecord[],
  now: number,
): Promise<{ readonly deadLetters: readonly DeadLetter[]; readonly lanes: readonly LaneKey[] }> {
  const alerts: AlertRecord[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const record of records) {
    const parsed = parseAlert(record);
    if (parsed.kind === 'alert') alerts.push(parsed.record);
    else deadLetters.push({ record, ...parsed });
  }
  const lanes = await enqueueAlerts(client, alerts, await activeWebhooks(client, alerts), now);
  await writeDeadLetterRows(client, deadLetters);
  // The log's own copy of a dead letter takes the counter of a shared partition: as late as possible.
  await appendInTransaction(client, deadLetters.map(toTopic));
  return { deadLetters, lanes };
}

/** Into the table that `GET /v1/dead-letters` reads. */
function writeDeadLetterRows(client: PoolClient, deadLetters: readonly DeadLetter[]): Promise<void> {
  return writeDeadLetters(
    client,
    deadLetters.map(({ record, tenant, reason }) => deadLetterAt(GROUP, record, tenant, reason)),
  );
}

function toTopic({ record, reason }: DeadLetter): NewRecord {
  const { key, value } = record;
  return deadLetterOf({ ...record, key: storableText(key), value: storableText(value) }, GROUP, reason);
}
