import type { Consumer, ConsumeOptions, EventLog, NewRecord, PartitionEnds, Position } from './event-log.js';
import type { LogWriter } from './log-writer.js';
import type { PartitionCounts } from './topic-partitions.js';

export interface KafkaEventLogOptions {
  /** `host:port`, one or more. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly partitions?: PartitionCounts;
  readonly lingerMs?: number;
  /** Most records that may wait to be appended. */
  readonly maxWaiting?: number;
  readonly logger?: LogWriter;
}

export class KafkaEventLog implements EventLog {
  constructor(readonly options: KafkaEventLogOptions) {}
  append(_records: readonly NewRecord[]): Promise<readonly Position[]> {
    return Promise.reject(new Error('not built yet'));
  }
  consume(_options: ConsumeOptions): Promise<Consumer> {
    return Promise.reject(new Error('not built yet'));
  }
  ends(_topic: string): Promise<readonly PartitionEnds[]> {
    return Promise.reject(new Error('not built yet'));
  }
  pressure(): { waiting: number; limit: number } {
    return { waiting: 0, limit: 0 };
  }
  healthy(): boolean {
    return false;
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Creates the topics that are missing. An existing topic with another number of partitions is an error. */
export async function ensureTopics(_options: {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly partitions?: PartitionCounts;
  /** Copies of each partition; the broker's default when absent. */
  readonly replicationFactor?: number;
}): Promise<void> {
  return Promise.reject(new Error('not built yet'));
}
