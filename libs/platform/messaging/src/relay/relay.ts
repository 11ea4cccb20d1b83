import pg from 'pg';
import { TOPICS } from '#libs/contracts';
import type { KafkaSecurity } from '#libs/platform/config';
import { OffsetStore } from '#libs/platform/storage';
import { Coalescer } from '../consumer/coalescer.js';
import type { Consumer } from '../log/event-log.js';
import { forward, RELAY_GROUP } from './forward.js';
import { KafkaEventLog } from '../kafka/kafka.js';
import { reasonOf, SILENT, type LogWriter } from '../log/log-writer.js';
import { PostgresEventLog } from '../postgres/postgres.js';
import type { PartitionCounts } from '../log/topic-partitions.js';

export interface RelayOptions {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly kafkaSecurity?: KafkaSecurity | undefined;
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

/**
 * Forwards what was appended in transactions from the Postgres log to Kafka, in order per partition, and deletes it there.
 * Several relays may run: they share the partitions as members of one group. A relay that dies between Kafka's answer and its
 * own transaction forwards again: consumers drop what they know by its identity.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const logger = options.logger ?? SILENT;
  const topics = options.topics ?? Object.values(TOPICS);
  // Of its own, and few: they wait for Kafka, and nobody else must wait with them.
  const claims = new pg.Pool({
    connectionString: options.databaseUrl,
    max: FORWARDS_AT_ONCE * topics.length,
    application_name: 'homeostat relay',
    pipeline: true,
  });
  claims.on('error', (error) => logger.warn({ reason: reasonOf(error) }, 'a connection of the relay ended'));
  const shared = { logger, ...(options.partitions === undefined ? {} : { partitions: options.partitions }) };
  const source = new PostgresEventLog({ pool: options.pool, databaseUrl: options.databaseUrl, ...shared });
  // The batches are made already: no reason to linger.
  const target = new KafkaEventLog({
    brokers: options.kafkaBrokers,
    security: options.kafkaSecurity,
    clientId: options.clientId,
    lingerMs: 0,
    ...shared,
  });
  let forwarded = 0;
  const consumers: Consumer[] = [];
  for (const topic of topics) {
    const together = new Coalescer(
      async (batches) => {
        const { outcomes, records } = await forward(claims, target, batches);
        forwarded += records;
        return outcomes;
      },
      { lanes: FORWARDS_AT_ONCE, maxRecords: MAX_RECORDS, maxCharacters: MAX_CHARACTERS },
    );
    const offsets = new OffsetStore(RELAY_GROUP, topic);
    const consumer = await source.consume({
      group: RELAY_GROUP,
      topic,
      maxBatch: 500,
      ...(topic === TOPICS.patientInput ? { restMs: INPUT_REST_MS } : {}),
      startAt: async (partition) => (await offsets.read(options.pool)).get(partition),
      onBatch: (batch) => together.submit(batch),
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

/**
 * What comes by the FHIR gateway: each write to Kafka costs the broker and the engines, however little it holds. Alerts are not delayed, nor are
 * samples, which do not come this way.
 */
const INPUT_REST_MS = 40;
/** Of one topic: while one waits for the database, the next one is with Kafka. */
const FORWARDS_AT_ONCE = 2;
const MAX_RECORDS = 1_000;
const MAX_CHARACTERS = 2_000_000;
