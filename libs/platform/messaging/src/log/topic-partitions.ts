import { PARTITIONS } from '#libs/contracts';
import { partitionOf } from './partition-of.js';

/** Number of partitions by topic. Production uses `PARTITIONS` of the contracts; tests add topics of their own. */
export type PartitionCounts = Readonly<Record<string, number>>;

export const CONTRACT_PARTITIONS: PartitionCounts = PARTITIONS;

/** @throws RangeError for a topic that is not declared: topics are never made on the fly. */
export function countOf(counts: PartitionCounts, topic: string): number {
  const count = counts[topic];
  if (count === undefined) throw new RangeError(`unknown topic ${topic}`);
  return count;
}

/** The partition of a record with this topic and key. */
export function placeOf(counts: PartitionCounts, topic: string, key: string): number {
  return partitionOf(key, countOf(counts, topic));
}
