import type pg from 'pg';
import { TOPICS } from '#libs/contracts';
import type { Batch, BatchOutcome, Consumer, EventLog } from './event-log.js';
import { KafkaEventLog } from './kafka.js';
import { reasonOf, SILENT, type LogWriter } from './log-writer.js';
import { PostgresEventLog } from './postgres.js';
import type { PartitionCounts } from './topic-partitions.js';

export interface RelayOptions {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly clientId: string;
  /** Default: all topics of the contracts. */
  readonly topics?: readonly string[];
  readonly partitions?: PartitionCounts;
  readonly logger?: LogWriter;
}

export interface Relay {
  /** Records forwarded since the start. */
  forwarded(): number;
  healthy(): boolean;
  stop(): Promise<void>;
}

/** Group of the relays; its rows of `consumer_offsets` count in the offsets of the Postgres log. */
export const RELAY_GROUP = 'relay';

/**
 * Forwards what was appended in transactions from the Postgres log to Kafka, in order per partition, and deletes it there.
 * Several relays may run: they share the partitions as members of one group. A relay that dies between Kafka's answer and its
 * own transaction forwards again: consumers drop what they know by its identity.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const logger = options.logger ?? SILENT;
  const shared = { logger, ...(options.partitions === undefined ? {} : { partitions: options.partitions }) };
  const source = new PostgresEventLog({ pool: options.pool, databaseUrl: options.databaseUrl, ...shared });
  // The batches are made already: no reason to linger.
  const target = new KafkaEventLog({
    brokers: options.kafkaBrokers,
    clientId: options.clientId,
    lingerMs: 0,
    ...shared,
  });
  let forwarded = 0;
  const consumers: Consumer[] = [];
  for (const topic of options.topics ?? Object.values(TOPICS)) {
    const consumer = await source.consume({
      group: RELAY_GROUP,
      topic,
      maxBatch: 500,
      startAt: (partition) => relayedTo(options.pool, topic, partition),
      onBatch: async (batch) => {
        const outcome = await forward(options.pool, target, batch);
        if (outcome.kind === 'applied') forwarded += batch.records.length;
        return outcome;
      },
    });
    consumers.push(consumer);
  }
  return {
    forwarded: () => forwarded,
    healthy: () => target.healthy() && consumers.every((consumer) => consumer.state().kind === 'running'),
    stop: async () => {
      await source.close();
      await target.close();
    },
  };
}

/** Never throws: a record that Kafka does not take waits, it is not poison. */
async function forward(pool: pg.Pool, target: EventLog, batch: Batch): Promise<BatchOutcome> {
  const next = batch.records.at(-1)!.offset + 1n;
  try {
    const { topic } = batch;
    await target.append(batch.records.map(({ key, value, headers }) => ({ topic, key, value, headers })));
    // One statement, so that a record is gone exactly when it counts as forwarded.
    await pool.query({
      name: 'relay-forwarded',
      text: FORWARDED,
      values: [RELAY_GROUP, topic, batch.partition, String(next)],
    });
    return { kind: 'applied' };
  } catch (error) {
    return { kind: 'retry', reason: reasonOf(error) };
  }
}

async function relayedTo(pool: pg.Pool, topic: string, partition: number): Promise<bigint | undefined> {
  const { rows } = await pool.query<{ next_offset: string }>(
    'SELECT next_offset FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2 AND "partition" = $3',
    [RELAY_GROUP, topic, partition],
  );
  return rows[0] === undefined ? undefined : BigInt(rows[0].next_offset);
}

const FORWARDED = `
WITH moved AS (
  INSERT INTO consumer_offsets AS o (consumer_group, topic, "partition", next_offset, updated_at)
  VALUES ($1, $2, $3, $4, now())
  ON CONFLICT (consumer_group, topic, "partition")
  DO UPDATE SET next_offset = greatest(o.next_offset, excluded.next_offset), updated_at = excluded.updated_at
)
DELETE FROM log_records WHERE topic = $2 AND "partition" = $3 AND "offset" < $4`;
