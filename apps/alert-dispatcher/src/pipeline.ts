import type { Pool, PoolClient } from 'pg';
import { TOPICS, type AlertRecord } from '#libs/contracts';
import {
  appendInTransaction,
  deadLetterOf,
  selectRecords,
  type Batch,
  type BatchOutcome,
  type Consumer,
  type EventLog,
  type LogRecord,
  type NewRecord,
} from '#libs/platform/messaging';
import { deadLetterAt, inTransaction, OffsetStore, storableText, writeDeadLetters } from '#libs/platform/storage';
import { activeWebhooks, enqueueAlerts, wakeLanes, type LaneKey } from '#libs/platform/delivery';
import { parseAlert, tenantOfKey } from './parse-alert.js';

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
  return deps.log.consume({
    group: GROUP,
    topic: TOPICS.alerts,
    maxBatch: MAX_AT_ONCE,
    startAt: async (partition) => (await OFFSETS.read(deps.pool)).get(partition) ?? firstKept(deps.log, partition),
    onBatch: async (batch) => {
      const { outcome, deadLetters, lanes } = await inTransaction(deps.pool, (client) =>
        queueDeliveries(deps, client, batch),
      );
      if (deadLetters.length > 0) deps.onDeadLetters(deadLetters);
      // The dispatchers also look by themselves, so a wake that fails loses nothing.
      await wakeLanes(deps.pool, lanes).catch(() => undefined);
      return outcome;
    },
    onDeadLetter: (record, reason) => inTransaction(deps.pool, (client) => passOver(client, record, reason)),
    onFailed: deps.onFailed,
  });
}

async function firstKept(log: PipelineDeps['log'], partition: number): Promise<bigint> {
  const ends = await log.ends(TOPICS.alerts);
  return ends.find((end) => end.partition === partition)?.first ?? 0n;
}

async function queueDeliveries(
  deps: PipelineDeps,
  client: PoolClient,
  batch: Batch,
): Promise<{
  readonly outcome: BatchOutcome;
  readonly deadLetters: readonly DeadLetter[];
  readonly lanes: readonly LaneKey[];
}> {
  const { partition } = batch;
  const { next } = await OFFSETS.lock(client, new Map([[partition, batch.records[0]?.offset ?? 0n]]));
  const selection = await selectRecords(batch, next.get(partition) ?? 0n, () => firstKept(deps.log, partition));
  if (selection.kind === 'skip') return { outcome: selection.outcome, deadLetters: [], lanes: [] };
  const alerts: AlertRecord[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const record of selection.records) {
    const parsed = parseAlert(record);
    if (parsed.kind === 'alert') alerts.push(parsed.record);
    else deadLetters.push({ record, ...parsed });
  }
  const lanes = await enqueueAlerts(client, alerts, await activeWebhooks(client, alerts), deps.now());
  await writeDeadLetterRows(client, deadLetters);
  await OFFSETS.move(client, new Map([[partition, selection.next]]));
  // The log's own copy of a dead letter takes the counter of a shared partition: as late as possible.
  await appendInTransaction(client, deadLetters.map(toTopic));
  return { outcome: { kind: 'applied' }, deadLetters, lanes };
}

/** The log has dead-lettered a record by itself: note it, and do not ask for it again. */
async function passOver(client: PoolClient, record: LogRecord, reason: string): Promise<void> {
  const { partition, offset } = record;
  const { next } = await OFFSETS.lock(client, new Map([[partition, offset]]));
  if ((next.get(partition) ?? 0n) > offset) return;
  await writeDeadLetterRows(client, [{ record, tenant: tenantOfKey(record.key), reason }]);
  await OFFSETS.move(client, new Map([[partition, offset + 1n]]));
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
