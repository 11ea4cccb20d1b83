import type { Admin, Kafka, Producer } from 'kafkajs';
import { Appender } from '../consumer/appender.js';
import { checkRecord } from '../log/check-record.js';
import { deadLetterOf } from '../log/dead-letter.js';
import type { Consumer, ConsumeOptions, EventLog, NewRecord, PartitionEnds, Position } from '../log/event-log.js';
import { kafkaClient, type KafkaAddress } from './kafka-client.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { startMember } from './kafka-member.js';
import { KafkaSockets } from './kafka-sockets.js';
import { reasonOf, SILENT, type LogWriter } from '../log/log-writer.js';
import { CONTRACT_PARTITIONS, countOf, placeOf, type PartitionCounts } from '../log/topic-partitions.js';

export interface KafkaEventLogOptions extends KafkaAddress {
  readonly partitions?: PartitionCounts;
  /** How long the first append of a batch waits for company, ms. */
  readonly lingerMs?: number;
  /** Maximum records that may wait to be appended. */
  readonly maxWaiting?: number;
  /** How often a member tries to reach a broker, up to a second apart, before it counts as crashed. */
  readonly memberRetries?: number;
  readonly logger?: LogWriter;
  /** Called at the end of `close`. */
  readonly onClosed?: () => Promise<void>;
}

/** The log of many machines. Topics must exist: see {@link ensureTopics}. */
export class KafkaEventLog implements EventLog {
  private readonly counts: PartitionCounts;
  private readonly logger: LogWriter;
  private readonly kafka: Kafka;
  private readonly appender: Appender;
  private readonly limit: number;
  private readonly consumers = new Set<KafkaConsumer>();
  private readonly probe: NodeJS.Timeout;
  private producer: Promise<Producer> | undefined;
  private admin: Promise<Admin> | undefined;
  private reachable = false;
  private looking = false;
  private ticks = 0;
  private closed = false;

  constructor(private readonly options: KafkaEventLogOptions) {
    this.counts = options.partitions ?? CONTRACT_PARTITIONS;
    this.logger = options.logger ?? SILENT;
    this.limit = options.maxWaiting ?? 20_000;
    this.kafka = kafkaClient(options, new KafkaSockets(), this.logger);
    this.appender = new Appender({
      write: (records) => this.write(records),
      lingerMs: options.lingerMs ?? 0,
      maxRecords: 1_000,
      maxBytes: 1_000_000,
      limit: this.limit,
    });
    void this.look();
    // The first append does not wait for a connection and a producer's identity.
    this.connectedProducer().catch(() => undefined);
    this.probe = setInterval(() => {
      this.ticks++;
      if (!this.reachable || this.ticks % HEALTHY_TICKS === 0) void this.look();
    }, PROBE_MS);
    this.probe.unref();
  }

  async append(records: readonly NewRecord[]): Promise<readonly Position[]> {
    for (const record of records) {
      checkRecord(record);
      countOf(this.counts, record.topic);
    }
    return this.appender.append(records);
  }

  async consume(options: ConsumeOptions): Promise<Consumer> {
    if (this.closed) throw new Error('the log is closed');
    const consumer = new KafkaConsumer(options, {
      logger: this.logger,
      deadLetter: async (record, reason) => void (await this.append([deadLetterOf(record, options.group, reason)])),
      stopped: () => this.consumers.delete(consumer),
    });
    this.consumers.add(consumer);
    const committed = async () => {
      const admin = await this.connectedAdmin();
      const [found] = await admin.fetchOffsets({ groupId: options.group, topics: [options.topic] });
      const known = (found?.partitions ?? []).filter((entry) => BigInt(entry.offset) >= 0n);
      return new Map(known.map((entry) => [entry.partition, BigInt(entry.offset)]));
    };
    await startMember(this.options, options, consumer, committed, this.logger);
    return consumer;
  }

  async ends(topic: string): Promise<readonly PartitionEnds[]> {
    const admin = await this.connectedAdmin();
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets
      .map(({ partition, low, high }) => ({ partition, first: BigInt(low), next: BigInt(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  pressure(): { waiting: number; limit: number } {
    return { waiting: this.appender.waiting, limit: this.limit };
  }

  healthy(): boolean {
    return !this.closed && this.reachable;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.probe);
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await this.appender.close();
    await this.producer?.then((producer) => producer.disconnect()).catch(() => undefined);
    await this.admin?.then((admin) => admin.disconnect()).catch(() => undefined);
    await this.options.onClosed?.();
  }

  private async write(records: readonly NewRecord[]): Promise<readonly Position[]> {
    const places = records.map((record) => placeOf(this.counts, record.topic, record.key));
    const byTopic = Map.groupBy(
      records.map((record, index) => ({ record, partition: places[index]! })),
      ({ record }) => record.topic,
    );
    const producer = await this.connectedProducer();
    try {
      const answer = await producer.sendBatch({
        acks: -1,
        timeout: 10_000,
        topicMessages: [...byTopic].map(([topic, entries]) => ({
          topic,
          messages: entries.map(({ record, partition }) => ({
            key: record.key,
            value: record.value,
            partition,
            ...(record.headers === undefined ? {} : { headers: { ...record.headers } }),
          })),
        })),
      });
      this.reachable = true;
      const next = new Map(
        answer.map((entry) => [`${entry.topicName}\n${entry.partition}`, BigInt(entry.baseOffset ?? -1)]),
      );
      return records.map(({ topic }, index) => {
        const partition = places[index]!;
        const offset = next.get(`${topic}\n${partition}`) ?? -1n;
        next.set(`${topic}\n${partition}`, offset + 1n);
        return { topic, partition, offset };
      });
    } catch (error) {
      // After a failed send the client would use its sequence numbers again, and the broker would drop other records as
      // repeated ones: a new producer has a new identity.
      this.reachable = false;
      this.producer = undefined;
      void producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  private connectedProducer(): Promise<Producer> {
    this.producer ??= (async () => {
      const producer = this.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        retry: { retries: 8, initialRetryTime: 50, maxRetryTime: 2_000 },
      });
      await producer.connect();
      return producer;
    })();
    this.producer.catch(() => (this.producer = undefined));
    return this.producer;
  }

  private connectedAdmin(): Promise<Admin> {
    this.admin ??= (async () => {
      const admin = this.kafka.admin();
      await admin.connect();
      return admin;
    })();
    this.admin.catch(() => (this.admin = undefined));
    return this.admin;
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const admin = await this.connectedAdmin();
      await admin.describeCluster();
      this.reachable = true;
    } catch (error) {
      this.reachable = false;
      if (!this.closed) this.logger.warn({ reason: reasonOf(error) }, 'Kafka cannot be reached');
    } finally {
      this.looking = false;
    }
  }
}

const PROBE_MS = 1_000;
/** A broker that answered is asked again after this many. */
const HEALTHY_TICKS = 5;
