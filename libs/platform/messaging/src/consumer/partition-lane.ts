import { MAX_ATTEMPTS, type BatchOutcome, type ConsumeOptions, type LogRecord } from '../log/event-log.js';
import { reasonOf, type LogWriter } from '../log/log-writer.js';
import { isTransient } from '../log/transient.js';

export interface LaneOptions {
  readonly consume: ConsumeOptions;
  readonly partition: number;
  /** First offset to apply. */
  readonly start: bigint;
  /** Fill level, in records and characters, from which on the lane asks for no more. */
  readonly highRecords: number;
  readonly highBytes: number;
  readonly logger: LogWriter;
  /** Makes the dead letter of a record durable. */
  readonly deadLetter: (record: LogRecord, reason: string) => Promise<void>;
  /** Everything below `next` is applied. */
  readonly onProgress: (lane: Lane, next: bigint) => void;
  /** The lane has room again, or wants records from another offset ({@link Lane.tail}). */
  readonly onHungry: (lane: Lane, sought: boolean) => void;
  readonly heartbeat: () => Promise<void>;
}

/**
 * A partition assigned to a member: a bounded queue and the loop that hands its records to the handler, retries,
 * isolates and dead-letters. All adapters share it, so a handler sees the same behaviour on each.
 */
export class Lane {
  readonly partition: number;
  private queue: LogRecord[] = [];
  private bytes = 0;
  private nextToApply: bigint;
  private nextToFetch: bigint;
  private throws = 0;
  private delays = 0;
  private isolateBelow = 0n;
  private isPaused = false;
  private working: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly abort = new AbortController();

  constructor(private readonly options: LaneOptions) {
    this.partition = options.partition;
    this.nextToApply = options.start;
    this.nextToFetch = options.start;
  }

  /** Everything below is applied. */
  get next(): bigint {
    return this.nextToApply;
  }

  /** The offset from which the adapter should fetch. */
  get tail(): bigint {
    return this.nextToFetch;
  }

  get hungry(): boolean {
    if (this.isPaused || this.abort.signal.aborted) return false;
    return this.queue.length < this.options.highRecords && this.bytes < this.options.highBytes;
  }

  get paused(): boolean {
    return this.isPaused;
  }

  get stopped(): boolean {
    return this.abort.signal.aborted;
  }

  /** Takes fetched records that follow {@link tail}; those below it are dropped as known. */
  offer(records: readonly LogRecord[]): void {
    if (this.stopped) return;
    for (const record of records) {
      if (record.offset < this.nextToFetch) continue;
      this.queue.push(record);
      this.bytes += record.value.length;
      this.nextToFetch = record.offset + 1n;
    }
    this.work();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.options.onHungry(this, false);
    this.work();
  }

  /** Finishes the batch in progress, starts none. */
  async stop(): Promise<void> {
    this.abort.abort();
    clearTimeout(this.timer);
    this.queue = [];
    await this.working;
  }

  private work(): void {
    if (
      this.working !== undefined ||
      this.timer !== undefined ||
      this.isPaused ||
      this.stopped ||
      this.queue.length === 0
    )
      return;
    this.working = this.loop().finally(() => {
      this.working = undefined;
      this.work();
    });
  }

  private async loop(): Promise<void> {
    while (!this.isPaused && !this.stopped && this.timer === undefined && this.queue.length > 0) {
      const first = this.queue[0]!.offset;
      const isolated = first < this.isolateBelow;
      const records = this.queue.slice(0, isolated ? 1 : this.options.consume.maxBatch);
      await this.handle(records, isolated);
    }
  }

  private async handle(records: readonly LogRecord[], isolated: boolean): Promise<void> {
    const { consume, partition } = this.options;
    let outcome: BatchOutcome;
    try {
      outcome = await consume.onBatch({
        topic: consume.topic,
        partition,
        records,
        signal: this.abort.signal,
        heartbeat: this.options.heartbeat,
      });
    } catch (error) {
      await this.failed(records, isolated, error);
      return;
    }
    if (outcome.kind === 'applied') this.advance(records);
    else if (outcome.kind === 'seek') this.seek(outcome.offset, records);
    else this.backOff(outcome.reason);
  }

  private async failed(records: readonly LogRecord[], isolated: boolean, error: unknown): Promise<void> {
    const reason = reasonOf(error);
    if (isTransient(error)) return this.backOff(reason);
    if (isolated) return this.deadLetter(records, reason);
    this.throws++;
    if (this.throws >= MAX_ATTEMPTS) {
      this.isolateBelow = records[records.length - 1]!.offset + 1n;
      this.options.logger.warn(
        this.ids({ records: records.length }),
        'handler keeps failing; handing records over one by one',
      );
    }
    this.backOff(reason);
  }

  private async deadLetter(records: readonly LogRecord[], reason: string): Promise<void> {
    const record = records[0]!;
    try {
      await this.options.deadLetter(record, reason);
      await this.options.consume.onDeadLetter?.(record, reason);
    } catch (error) {
      this.backOff(`dead letter not written: ${reasonOf(error)}`);
      return;
    }
    this.options.logger.error(this.ids({ offset: String(record.offset) }), 'record went to the dead-letter topic');
    this.advance(records);
  }

  private advance(records: readonly LogRecord[]): void {
    this.throws = 0;
    this.delays = 0;
    this.drop(records.length);
    this.nextToApply = records[records.length - 1]!.offset + 1n;
    this.options.onProgress(this, this.nextToApply);
    if (this.hungry) this.options.onHungry(this, false);
  }

  private seek(offset: bigint, records: readonly LogRecord[]): void {
    this.nextToApply = offset;
    const known = this.queue.findIndex((record) => record.offset >= offset);
    const inQueue = known >= 0 && offset >= records[0]!.offset;
    if (inQueue) {
      this.drop(known);
      if (known > 0) this.options.onProgress(this, offset);
    } else {
      this.drop(this.queue.length);
      this.nextToFetch = offset;
      this.options.onHungry(this, true);
    }
    // A seek that does not lead forward could turn in circles.
    if (offset <= records[0]!.offset) this.backOff(`store asks for offset ${offset}`);
    else this.delays = 0;
  }

  private drop(count: number): void {
    for (const record of this.queue.splice(0, count)) this.bytes -= record.value.length;
  }

  private backOff(reason: string): void {
    const wait = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(this.delays, 10));
    this.delays++;
    this.options.logger.warn(
      this.ids({ reason, attempt: this.delays, waitMs: wait }),
      'batch not applied; will try again',
    );
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.work();
    }, wait);
  }

  private ids(more: object): object {
    const { group, topic } = this.options.consume;
    return { group, topic, partition: this.partition, ...more };
  }
}

const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 2_000;
