/**
 * The event log: ordered per key, at least once, replayable. Adapters: `postgres` (one machine), `kafka` (many),
 * `memory` (tests only, bounded). One contract suite runs on all three.
 */
export interface EventLog {
  /**
   * Makes the records durable and answers their positions in the order given. Batches calls of the same few
   * milliseconds. Rejects with {@link LogFullError} when the bounded queue is full: nothing of the call was taken.
   */
  append(records: readonly NewRecord[]): Promise<readonly Position[]>;
  /** Starts a member of a consumer group; partitions are shared among the members of the group. */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /** First and next offset of every partition of a topic: lag is `next - applied`. */
  ends(topic: string): Promise<readonly PartitionEnds[]>;
  /** Records still waiting to be appended, and the most that may wait. */
  pressure(): { readonly waiting: number; readonly limit: number };
  /** True while the adapter can reach its broker or database. */
  healthy(): boolean;
  close(): Promise<void>;
}

export interface NewRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface LogRecord extends Position {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** When the log took it, ms since 1970. */
  readonly appendedAt: number;
}

export interface PartitionEnds {
  readonly partition: number;
  readonly first: bigint;
  readonly next: bigint;
}

export interface ConsumeOptions {
  readonly group: string;
  readonly topic: string;
  /** Maximum records of one partition handed over at once. */
  readonly maxBatch: number;
  /**
   * On the Postgres log: a pause after a fetch that brought something and left nothing, ms; what is appended meanwhile comes together. The
   * first record after a pause is fetched at once. Default: none.
   */
  readonly restMs?: number;
  /**
   * Where to start a partition that this member has just been given; from the consumer's own store, which is the truth.
   * Without it the log's committed offset is used (else the first record).
   */
  readonly startAt?: (partition: number) => Promise<bigint | undefined>;
  /**
   * Applies records of one partition, in order. Never called twice at once for one partition by one member; partitions
   * run concurrently, and a slow one does not hold up the others. Its outcome moves the partition on, or not.
   */
  readonly onBatch: (batch: Batch) => Promise<BatchOutcome>;
  /** Called when partitions come or go. */
  readonly onAssigned?: (partitions: readonly number[]) => void;
  /**
   * A record of this consumer is now in the dead-letter topic. A consumer with its own store (`startAt`) moves its own offset
   * past it here, or it would ask for the record again. A throw repeats the call after a backoff.
   */
  readonly onDeadLetter?: (record: LogRecord, reason: string) => Promise<void>;
  /** Called once when the member has failed (state `failed`): the process should end with a code other than 0. */
  readonly onFailed?: (reason: string) => void;
}

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Aborted when the partition is being taken away or the consumer stops: finish the transaction at hand, start none. */
  readonly signal: AbortSignal;
  /** Sends a heartbeat to the broker; call between chunks of a long batch. */
  heartbeat(): Promise<void>;
}

/**
 * - `applied`: continue after the last record; the offset is committed as a hint.
 * - `seek`: continue at `offset` (the store says that less, or more, was applied).
 * - `retry`: hand the same records over again after a backoff, as often as needed; other partitions are not delayed. The answer for
 *   "my database is away": it never leads to a dead letter.
 * A handler that throws counts as `retry`, too; after {@link MAX_ATTEMPTS} throws without progress the adapter hands the records
 * over one by one, and a record that still throws goes to the dead-letter topic with its reason. Errors that indicate broken
 * connections or lost races (see `isTransient`) do not count as an attempt: they are never the record's fault.
 */
export type BatchOutcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'seek'; readonly offset: bigint }
  | { readonly kind: 'retry'; readonly reason: string };

export const MAX_ATTEMPTS = 5;

export interface Consumer {
  /** Stops fetching (all partitions, or one) until `resume`. Records are kept, nothing is lost. */
  pause(partition?: number): void;
  resume(partition?: number): void;
  assigned(): readonly number[];
  /** `running`, or why not; feeds readiness. */
  state(): ConsumerState;
  /** Waits for the batches in progress, then leaves the group. */
  stop(): Promise<void>;
}

export type ConsumerState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly lastProgressAt: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** The bounded queue is full; try again after `retryAfterSeconds`. Gateways answer 429. */
export class LogFullError extends Error {
  override readonly name = 'LogFullError';
  constructor(readonly retryAfterSeconds: number) {
    super(`the log's queue is full; retry after ${retryAfterSeconds} s`);
  }
}

/**
 * Reason headers of a dead letter: `x-reason`, `x-group`, `x-topic`, `x-partition`, `x-offset`. Replay = append the value
 * under the key to `x-topic` again.
 */
export const DEAD_LETTER_HEADERS = ['x-reason', 'x-group', 'x-topic', 'x-partition', 'x-offset'] as const;
