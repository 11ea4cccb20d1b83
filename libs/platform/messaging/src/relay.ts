import pg from 'pg';
import { TOPICS } from '#libs/contracts';
import type { Batch, BatchOutcome, Consumer, EventLog } from './event-log.js';
import { KafkaEventLog } from './kafka.js';
import { reasonOf, SILENT, type LogWriter } from './log-writer.js';
import { PostgresEventLog } from './postgres.js';
import { selectRecords, type Selection } from './select-records.js';
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
  // Of its own, and few: they wait for Kafka, and nobody else must wait with them.
  const claims = new pg.Pool({
    connectionString: options.databaseUrl,
    max: FORWARDS_AT_ONCE,
    application_name: 'homeostat relay',
  });
  claims.on('error', (error) => logger.warn({ reason: reasonOf(error) }, 'a connection of the relay ended'));
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
        const { outcome, records } = await forward(claims, target, batch);
        forwarded += records;
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
      await claims.end();
    },
  };
}

export interface Forwarded {
  readonly outcome: BatchOutcome;
  readonly records: number;
}

/**
 * Forwards what of the batch was not forwarded yet. The partition's row is locked from before Kafka is given anything until that counts: a
 * relay that has lost its partition without noticing takes its turn behind the new owner, finds the work done, and puts no old
 * record behind newer ones. Never throws: a record that Kafka does not take waits, it is not poison.
 */
export async function forward(pool: pg.Pool, target: Pick<EventLog, 'append'>, batch: Batch): Promise<Forwarded> {
  let client: pg.PoolClient | undefined;
  let broken: Error | undefined;
  try {
    client = await pool.connect();
    await client.query('BEGIN');
    const selected = await claim(client, batch);
    if (selected.kind === 'skip') {
      await client.query('ROLLBACK');
      return { outcome: selected.outcome, records: 0 };
    }
    const { topic, partition } = batch;
    await target.append(selected.records.map(({ key, value, headers }) => ({ topic, key, value, headers })));
    await client.query({
      name: 'relay-forwarded',
      text: FORWARDED,
      values: [RELAY_GROUP, topic, partition, String(selected.next)],
    });
    await client.query('COMMIT');
    return { outcome: { kind: 'applied' }, records: selected.records.length };
  } catch (error) {
    await client?.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    return { outcome: { kind: 'retry', reason: reasonOf(error) }, records: 0 };
  } finally {
    client?.release(broken);
  }
}

/** Locks the partition's row, which is made at the first record that a relay is handed. */
async function claim(client: pg.PoolClient, batch: Batch): Promise<Selection> {
  const { topic, partition, records } = batch;
  const place = [RELAY_GROUP, topic, partition];
  const locked = (): Promise<pg.QueryResult<{ next_offset: string }>> =>
    client.query({ name: 'relay-claim', text: CLAIM, values: place });
  let { rows } = await locked();
  if (rows.length === 0) {
    await client.query(START, [...place, String(records[0]?.offset ?? 0n)]);
    ({ rows } = await locked());
  }
  return selectRecords(batch, BigInt(rows[0]!.next_offset), async () => {
    const first = await client.query<{ first: string | null }>(FIRST_KEPT, [topic, partition]);
    return BigInt(first.rows[0]?.first ?? 0);
  });
}

const FORWARDS_AT_ONCE = 6;

const CLAIM = `SELECT next_offset FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2 AND "partition" = $3 FOR UPDATE`;
const START = `INSERT INTO consumer_offsets (consumer_group, topic, "partition", next_offset) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING`;
const FIRST_KEPT = `SELECT min("offset") AS first FROM log_records WHERE topic = $1 AND "partition" = $2`;

async function relayedTo(pool: pg.Pool, topic: string, partition: number): Promise<bigint | undefined> {
  const { rows } = await pool.query<{ next_offset: string }>(
    'SELECT next_offset FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2 AND "partition" = $3',
    [RELAY_GROUP, topic, partition],
  );
  return rows[0] === undefined ? undefined : BigInt(rows[0].next_offset);
}

const FORWARDED = `
WITH moved AS (
  UPDATE consumer_offsets SET next_offset = $4, updated_at = now()
  WHERE consumer_group = $1 AND topic = $2 AND "partition" = $3
)
DELETE FROM log_records WHERE topic = $2 AND "partition" = $3 AND "offset" < $4`;
