import type { Consumer as KafkaJsConsumer } from 'kafkajs';
import { isCoordinatorLost } from './coordinator-lost.js';
import type { ConsumeOptions, LogRecord } from '../log/event-log.js';
import { kafkaClient, type KafkaAddress } from './kafka-client.js';
import type { KafkaMember } from './group-member.js';
import type { KafkaConsumer } from './kafka-consumer.js';
import { KafkaSockets } from './kafka-sockets.js';
import { reasonOf, type LogWriter } from '../log/log-writer.js';

// About a minute: giving up means to join as a new member, and the group waits for the old one to expire.
const MEMBER_RETRIES = 60;
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

/** Joins the group of the consumer, with a client of its own: what it is given and what arrives goes to `consumer`. */
export async function startMember(
  client: KafkaAddress & { readonly memberRetries?: number },
  options: ConsumeOptions,
  consumer: KafkaConsumer,
  committed: KafkaMember['committed'],
  logger: LogWriter,
): Promise<void> {
  const { group, topic } = options;
  const sockets = new KafkaSockets();
  const patience = { retries: client.memberRetries ?? MEMBER_RETRIES, initialRetryTime: 100, maxRetryTime: 1_000 };
  const member = kafkaClient(client, sockets, logger, patience).consumer({
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
    const again = !restart && isCoordinatorLost(error) && !sockets.isSevered;
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
