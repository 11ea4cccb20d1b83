import type pg from 'pg';
import type { LogWriter } from './log-writer.js';
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
  readonly onFailed?: (reason: string) => void;
}

export interface Relay {
  /** Records forwarded since the start. */
  forwarded(): number;
  healthy(): boolean;
  stop(): Promise<void>;
}

/** Forwards what was appended in transactions to Kafka, in order per partition, and prunes it. Several may run at once. */
export async function startRelay(_options: RelayOptions): Promise<Relay> {
  return Promise.reject(new Error('not built yet'));
}
