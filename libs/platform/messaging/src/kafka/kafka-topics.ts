import type { Admin, ITopicMetadata } from 'kafkajs';
import { TOPICS } from '#libs/contracts';
import { MAX_RECORD_BYTES } from '../log/check-record.js';
import { kafkaClient, type KafkaAddress } from './kafka-client.js';
import { CONTRACT_PARTITIONS, countOf, type PartitionCounts } from '../log/topic-partitions.js';

/**
 * Creates the topics that are missing, with the partitions of the contracts.
 *
 * @throws Error when a topic exists with another number of partitions: that would move patients between partitions
 */
export async function ensureTopics(
  options: KafkaAddress & {
    readonly partitions?: PartitionCounts;
    /** Copies of each partition; the broker's default when absent. */
    readonly replicationFactor?: number;
  },
): Promise<void> {
  const counts = options.partitions ?? CONTRACT_PARTITIONS;
  const admin = kafkaClient(options).admin();
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
