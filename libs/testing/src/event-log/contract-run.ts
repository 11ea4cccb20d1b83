import type { Batch, BatchOutcome, Consumer, EventLog } from '#libs/platform/messaging';

/** What a suite run needs of an adapter. Every test uses a topic and groups of its own. */
export interface ContractAdapter {
  /** Makes a log on which `topic` (with {@link CONTRACT_TOPIC_PARTITIONS} partitions) exists; each call is another "process". */
  open(topic: string, options?: { readonly maxWaiting?: number }): Promise<EventLog>;
  /** A store outside the log, as the engine has: effects and offset in one transaction. */
  sink(): Promise<ContractSink>;
  /** Ends a consumer as a crash would: no batch awaited, no offset committed, the group not notified. */
  readonly abandon: (log: EventLog, consumer: Consumer) => Promise<void>;
}

/** Applies records exactly once: drops what is below the stored offset, refuses gaps. */
export interface ContractSink {
  startAt(partition: number): Promise<bigint | undefined>;
  apply(batch: Batch): Promise<BatchOutcome>;
  /** Values with the number of their effects. */
  effects(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

export const CONTRACT_TOPIC_PARTITIONS = 4;

/** One run of the suite on one adapter, as its parts see it. */
export interface ContractRun extends Pick<ContractAdapter, 'sink' | 'abandon'> {
  /** The adapter, for figures. */
  readonly name: string;
  /** A topic of the test's own. */
  readonly newTopic: () => string;
  /** A log that is closed after the test. */
  readonly open: ContractAdapter['open'];
}
