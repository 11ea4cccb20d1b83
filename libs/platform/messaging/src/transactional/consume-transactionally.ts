import type { Pool, PoolClient } from 'pg';
import { inTransaction, type OffsetStore } from '#libs/platform/storage';
import type { Batch, BatchOutcome, ConsumeOptions, Consumer, EventLog, LogRecord } from '../log/event-log.js';
import { selectRecords } from '../log/select-records.js';

/** Whose offsets are in the database of its effects, and move in their transaction: each record takes effect once. */
export interface OwnOffsets {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'consume' | 'ends'>;
  readonly offsets: OffsetStore;
  /**
   * Notes a record that the log has dead-lettered by itself, in the transaction that moves the offset past it. Without that the record
   * would be asked for again.
   */
  readonly noteDeadLetter: (client: PoolClient, record: LogRecord, reason: string) => Promise<void>;
}

export interface TransactionalConsumer<T> extends OwnOffsets, Pick<ConsumeOptions, 'maxBatch' | 'onFailed'> {
  /** The effects of records that were not applied before. */
  readonly apply: (client: PoolClient, records: readonly LogRecord[]) => Promise<T>;
  /** What follows a commit, with what `apply` answered; nothing of it may be lost with the process. */
  readonly onCommitted: (result: T) => Promise<void> | void;
}

/** Consumes a topic so that each record takes effect exactly once, whatever the log hands over again. */
export function consumeTransactionally<T>(consumer: TransactionalConsumer<T>): Promise<Consumer> {
  const { log, offsets, maxBatch, onFailed } = consumer;
  return log.consume({
    group: offsets.group,
    topic: offsets.topic,
    maxBatch,
    ...withOwnOffsets(consumer),
    onBatch: async (batch) => {
      const done = await applyOnce(consumer, batch, consumer.apply);
      if (done.kind === 'committed') await consumer.onCommitted(done.result);
      return done.outcome;
    },
    ...(onFailed === undefined ? {} : { onFailed }),
  });
}

/** Where such a consumer starts, and how it passes over a dead letter; for one that applies several batches in one transaction. */
export function withOwnOffsets({
  pool,
  log,
  offsets,
  noteDeadLetter,
}: OwnOffsets): Required<Pick<ConsumeOptions, 'startAt' | 'onDeadLetter'>> {
  return {
    startAt: async (partition) => (await offsets.read(pool)).get(partition) ?? firstKept(log, offsets.topic, partition),
    onDeadLetter: (record, reason) =>
      inTransaction(pool, async (client) => {
        const { partition, offset } = record;
        const { next } = await offsets.lock(client, new Map([[partition, offset]]));
        if ((next.get(partition) ?? 0n) > offset) return;
        await noteDeadLetter(client, record, reason);
        await offsets.move(client, new Map([[partition, offset + 1n]]));
      }),
  };
}

/** The oldest offset of a partition that the log still has. */
export async function firstKept(log: Pick<EventLog, 'ends'>, topic: string, partition: number): Promise<bigint> {
  const ends = await log.ends(topic);
  return ends.find((end) => end.partition === partition)?.first ?? 0n;
}

export type AppliedOnce<T> =
  | { readonly kind: 'committed'; readonly outcome: BatchOutcome; readonly result: T }
  /** Nothing of the batch is new, or something before it is missing. */
  | { readonly kind: 'skipped'; readonly outcome: BatchOutcome };

/**
 * Applies what of a batch was not applied before, and moves the offset, in one transaction under a lock of the offset's row: two owners
 * of a partition take turns, and the second finds the first one's work done.
 */
export function applyOnce<T>(
  {
    pool,
    log,
    offsets,
  }: Pick<OwnOffsets, 'offsets'> & { readonly pool: Pick<Pool, 'connect'>; readonly log: Pick<EventLog, 'ends'> },
  batch: Batch,
  apply: (client: PoolClient, records: readonly LogRecord[]) => Promise<T>,
): Promise<AppliedOnce<T>> {
  const { partition } = batch;
  return inTransaction(pool, async (client): Promise<AppliedOnce<T>> => {
    const { next } = await offsets.lock(client, new Map([[partition, batch.records[0]?.offset ?? 0n]]));
    const selection = await selectRecords(batch, next.get(partition) ?? 0n, () =>
      firstKept(log, offsets.topic, partition),
    );
    if (selection.kind === 'skip') return { kind: 'skipped', outcome: selection.outcome };
    await offsets.move(client, new Map([[partition, selection.next]]));
    const result = await apply(client, selection.records);
    return { kind: 'committed', outcome: { kind: 'applied' }, result };
  });
}
