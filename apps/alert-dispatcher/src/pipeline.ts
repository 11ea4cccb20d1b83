import type { Pool, PoolClient } from 'pg';
import { TOPICS, type AlertRecord } from '#libs/contracts';
import type { Batch, BatchOutcome, Consumer, EventLog } from '#libs/platform/messaging';
import { enqueueAlerts } from '#libs/platform/webhooks';

export const GROUP = 'alert-dispatcher';
const MOST_AT_ONCE = 500;

export interface PipelineDeps {
  readonly pool: Pool;
  readonly log: EventLog;
  readonly now: () => number;
}

/**
 * The way of an alert out: log → one row per endpoint that wants it, in one transaction with the offset → that endpoint's
 * lane (lane.ts) → signed POST (sender.ts) → delivery log.
 */
export function startPipeline(deps: PipelineDeps): Promise<Consumer> {
  return deps.log.consume({
    group: GROUP,
    topic: TOPICS.alerts,
    maxBatch: MOST_AT_ONCE,
    startAt: async (partition) => (await appliedOffsets(deps.pool)).get(partition),
    onBatch: (batch) => queueDeliveries(deps, batch),
  });
}

async function queueDeliveries(deps: PipelineDeps, batch: Batch): Promise<BatchOutcome> {
  const first = batch.records[0];
  const last = batch.records.at(-1);
  if (first === undefined || last === undefined) return { kind: 'applied' };
  const client = await deps.pool.connect();
  try {
    await client.query('BEGIN');
    const applied = await lockOffset(client, batch.partition);
    if (first.offset > applied && applied > 0n) {
      await client.query('ROLLBACK');
      return { kind: 'seek', offset: applied };
    }
    const fresh = batch.records.filter((record) => record.offset >= applied);
    await enqueueAlerts(
      client,
      fresh.map((record) => JSON.parse(record.value) as AlertRecord),
      deps.now(),
    );
    await client.query(
      `UPDATE consumer_offsets SET next_offset = greatest(next_offset, $4), updated_at = now()
       WHERE consumer_group = $1 AND topic = $2 AND partition = $3`,
      [GROUP, TOPICS.alerts, batch.partition, last.offset + 1n],
    );
    await client.query('COMMIT');
    return { kind: 'applied' };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** The offset row of a partition, locked until the transaction ends: one dispatcher at a time moves it. */
async function lockOffset(client: PoolClient, partition: number): Promise<bigint> {
  const values = [GROUP, TOPICS.alerts, partition];
  await client.query(
    `INSERT INTO consumer_offsets (consumer_group, topic, partition, next_offset) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING`,
    values,
  );
  const { rows } = await client.query<{ next: string }>(
    `SELECT next_offset::text AS next FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2 AND partition = $3 FOR UPDATE`,
    values,
  );
  return BigInt(rows[0]?.next ?? '0');
}

/** Next offset to queue, per partition, from our own store. */
export async function appliedOffsets(pool: Pool): Promise<ReadonlyMap<number, bigint>> {
  const { rows } = await pool.query<{ partition: number; next: string }>(
    `SELECT partition, next_offset::text AS next FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2`,
    [GROUP, TOPICS.alerts],
  );
  return new Map(rows.map(({ partition, next }) => [partition, BigInt(next)]));
}
