import { createRequire } from 'node:module';
import {
  Kafka,
  logLevel,
  type Admin,
  type Consumer as KafkaJsConsumer,
  type ITopicMetadata,
  type KafkaConfig,
  type Producer,
} from 'kafkajs';
import { TOPICS } from '#libs/contracts';
import { Appender } from './appender.js';
import { checkRecord, MAX_RECORD_BYTES } from './check-record.js';
import { deadLetterOf } from './dead-letter.js';
import type { Consumer, ConsumeOptions, EventLog, LogRecord, NewRecord, PartitionEnds, Position } from './event-log.js';
import { KafkaConsumer, type KafkaMember } from './kafka-consumer.js';
import { KafkaSockets } from './kafka-sockets.js';
import { reasonOf, SILENT, type LogWriter } from './log-writer.js';
import { CONTRACT_PARTITIONS, countOf, placeOf, type PartitionCounts } from './topic-partitions.js';

export interface KafkaEventLogOptions {
  /** `host:port`, one or more. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly partitions?: PartitionCounts;
  /** How long the first append of a batch waits for company, ms. */
  readonly lingerMs?: number;
  /** Most records that may wait to be appended. */
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
    this.kafka = clientOf(options, new KafkaSockets(), this.logger);
    this.appender = new Appender({
      write: (records) => this.write(records),
      lingerMs: options.lingerMs ?? 5,
      maxRecords: 1_000,
      maxBytes: 1_000_000,
      limit: this.limit,
    });
    void this.look();
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
      bury: async (record, reason) => void (await this.append([deadLetterOf(record, options.group, reason)])),
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
      if (!this.closed) this.logger.warn({ reason: reasonOf(error) }, 'Kafka can not be reached');
    } finally {
      this.looking = false;
    }
  }
}

const PROBE_MS = 1_000;
/** A broker that answered is asked again after this many. */
const HEALTHY_TICKS = 5;
// About a minute: giving up means to join as a new member, and the group waits for the old one to expire.
const MEMBER_RETRIES = 60;

/**
 * Creates the topics that are missing, with the partitions of the contracts.
 *
 * @throws Error when a topic exists with another number of partitions: that would move patients between partitions
 */
export async function ensureTopics(options: {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly partitions?: PartitionCounts;
  /** Copies of each partition; the broker's default when absent. */
  readonly replicationFactor?: number;
}): Promise<void> {
  const counts = options.partitions ?? CONTRACT_PARTITIONS;
  const admin = clientOf(options, new KafkaSockets(), SILENT).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = Object.keys(counts).filter((topic) => !existing.has(topic));
    if (missing.length > 0) {
      await admin.createTopics({
        // The client's own wait gives up when a broker has not heard of the topic yet.
        waitForLeaders: false,
        topics: missing.map((topic) => ({
          topic,
          numPartitions: countOf(counts, topic),
          replicationFactor: options.replicationFactor ?? -1,
          configEntries: [
            { name: 'max.message.bytes', value: String(2 * MAX_RECORD_BYTES) },
            ...(topic === TOPICS.deadLetters ? [{ name: 'retention.ms', value: '-1' }] : []),
          ],
        })),
      });
    }
    for (const { name, partitions } of await topicsWithLeaders(admin, Object.keys(counts))) {
      if (partitions.length !== countOf(counts, name)) {
        throw new Error(`topic ${name} has ${partitions.length} partitions, not ${countOf(counts, name)}`);
      }
    }
  } finally {
    await admin.disconnect();
  }
}

const LEADERS_WITHIN_MS = 30_000;
const LEADERS_ASKED_EVERY_MS = 100;
/** UNKNOWN_TOPIC_OR_PARTITION and LEADER_NOT_AVAILABLE: what a broker says of a topic that has just been made. */
const NOT_YET: ReadonlySet<unknown> = new Set([3, 5]);

/** Metadata of the topics once every partition has a leader. @throws the broker's last word when that takes longer than 30 s */
async function topicsWithLeaders(admin: Admin, topics: readonly string[]): Promise<readonly ITopicMetadata[]> {
  const deadline = Date.now() + LEADERS_WITHIN_MS;
  for (;;) {
    try {
      const found = await admin.fetchTopicMetadata({ topics: [...topics] });
      const isLed = ({ partitions }: ITopicMetadata): boolean =>
        partitions.length > 0 && partitions.every(({ leader }) => leader >= 0);
      if (found.topics.length === topics.length && found.topics.every(isLed)) return found.topics;
      if (Date.now() > deadline) throw new Error('a topic has partitions without a leader');
    } catch (error) {
      if (!NOT_YET.has((error as { code?: unknown }).code) || Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LEADERS_ASKED_EVERY_MS));
  }
}

/** The client gives up on these for good, though a broker that comes back answers them a moment later. */
const JOINS_AGAIN: ReadonlySet<string> = new Set(['KafkaJSGroupCoordinatorNotFound']);
const JOINS_AGAIN_AFTER_MS = 1_000;

/** A new member in place of one that the client gave up, until the consumer is stopped. */
function joinAgain(...parts: Parameters<typeof startMember>): void {
  const [, , consumer] = parts;
  setTimeout(() => {
    if (consumer.ended) return;
    startMember(...parts).catch((error: unknown) => {
      consumer.crashed(reasonOf(error), true);
      joinAgain(...parts);
    });
  }, JOINS_AGAIN_AFTER_MS).unref();
}

async function startMember(
  client: KafkaEventLogOptions,
  options: ConsumeOptions,
  consumer: KafkaConsumer,
  committed: KafkaMember['committed'],
  logger: LogWriter,
): Promise<void> {
  const { group, topic } = options;
  const sockets = new KafkaSockets();
  const patience = { retries: client.memberRetries ?? MEMBER_RETRIES, initialRetryTime: 100, maxRetryTime: 1_000 };
  const member = clientOf(client, sockets, logger, patience).consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    sessionTimeout: 10_000,
    heartbeatInterval: 1_000,
    rebalanceTimeout: 30_000,
    maxWaitTimeInMs: 100,
    minBytes: 1,
    maxBytesPerPartition: 512_000,
    retry: {
      ...patience,
      restartOnFailure: () => Promise.resolve(!sockets.isSevered),
    },
  });
  consumer.attach(memberPort(member, topic, committed, sockets));
  member.on(member.events.GROUP_JOIN, ({ payload }) => consumer.joined(payload.memberAssignment[topic] ?? []));
  member.on(member.events.REBALANCING, () => consumer.rebalancing());
  member.on(member.events.CRASH, ({ payload: { error, restart } }) => {
    const again = !restart && JOINS_AGAIN.has(error.name) && !sockets.isSevered;
    consumer.crashed(reasonOf(error), restart || again);
    if (again) joinAgain(client, options, consumer, committed, logger);
  });
  await member.connect();
  // One that joins anew may have been stopped meanwhile.
  if (consumer.ended) return member.disconnect();
  await member.subscribe({ topics: [topic], fromBeginning: true });
  await member.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 8,
    eachBatch: async (payload) => {
      const { batch } = payload;
      const last = batch.messages.at(-1);
      if (last === undefined || payload.isStale()) return;
      const records = batch.messages.map((message) => ({
        topic,
        partition: batch.partition,
        offset: BigInt(message.offset),
        key: message.key?.toString('utf8') ?? '',
        value: message.value?.toString('utf8') ?? '',
        headers: headersOf(message.headers),
        appendedAt: Number(message.timestamp),
      }));
      if (consumer.take(batch.partition, records)) payload.resolveOffset(last.offset);
    },
  });
}

function memberPort(
  member: KafkaJsConsumer,
  topic: string,
  committed: KafkaMember['committed'],
  sockets: KafkaSockets,
): KafkaMember {
  return {
    committed,
    pause: (partitions) => member.pause([{ topic, partitions: [...partitions] }]),
    resume: (partitions) => member.resume([{ topic, partitions: [...partitions] }]),
    seek: (partition, offset) => member.seek({ topic, partition, offset: String(offset) }),
    commit: (offsets) =>
      member.commitOffsets([...offsets].map(([partition, next]) => ({ topic, partition, offset: String(next) }))),
    leave: () => member.disconnect(),
    sever: () => sockets.sever(),
  };
}

function headersOf(
  headers: Record<string, Buffer | string | (Buffer | string)[] | undefined> | undefined,
): LogRecord['headers'] {
  if (headers === undefined) return {};
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const one = Array.isArray(value) ? value.at(-1) : value;
    return one === undefined ? [] : [[name, one.toString()] as const];
  });
  return Object.fromEntries(entries);
}

function clientOf(
  options: { readonly brokers: readonly string[]; readonly clientId: string },
  sockets: KafkaSockets,
  logger: LogWriter,
  retry: KafkaConfig['retry'] = { retries: 6, initialRetryTime: 50, maxRetryTime: 1_000 },
): Kafka {
  silenceIdleTimers();
  const config: KafkaConfig = {
    clientId: options.clientId,
    brokers: [...options.brokers],
    socketFactory: sockets.create as NonNullable<KafkaConfig['socketFactory']>,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry,
    logLevel: logLevel.WARN,
    // The client retries what it calls an error; what ends it comes through `crashed`.
    logCreator: () => (entry) => logger.debug({ kafka: entry.namespace, reason: entry.log.message }, 'kafka client'),
  };
  return new Kafka(config);
}

interface PendingRequests {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

let silenced = false;

/**
 * kafkajs 2.2.4 re-arms a timer per connection every millisecond for ever, with a negative delay, also when nothing waits:
 * 5 % of a core for three idle connections. The check is only needed when a request waits or the broker throttles.
 *
 * @throws Error when the client has no such method any more: look at the defect again before an update
 */
export function silenceIdleTimers(): void {
  if (silenced) return;
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
    prototype: { scheduleCheckPendingRequests?: (this: PendingRequests) => void };
  };
  const original = queue.prototype.scheduleCheckPendingRequests;
  if (typeof original !== 'function')
    throw new Error('kafkajs changed: RequestQueue.scheduleCheckPendingRequests is gone');
  queue.prototype.scheduleCheckPendingRequests = function (this: PendingRequests): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) original.call(this);
  };
  silenced = true;
}
