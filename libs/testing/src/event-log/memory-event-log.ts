import {
  Appender,
  checkRecord,
  CONTRACT_PARTITIONS,
  countOf,
  deadLetterOf,
  LogFullError,
  placeOf,
  SILENT,
  type ConsumeOptions,
  type Consumer,
  type EventLog,
  type LogRecord,
  type LogWriter,
  type NewRecord,
  type PartitionCounts,
  type PartitionEnds,
  type Position,
} from '#libs/platform/messaging';
import { MemoryConsumer } from './memory-consumer.js';

export interface MemoryEventLogOptions {
  readonly partitions?: PartitionCounts;
  /** Maximum records the log keeps; a full log refuses. */
  readonly capacity?: number;
  /** Maximum records that may wait to be appended. */
  readonly maxWaiting?: number;
  /** Hands over again what was applied, older batches after newer ones, as a broker does after a rebalance. */
  readonly redeliver?: boolean;
  readonly logger?: LogWriter;
}

/** For tests only: nothing survives the process. Bounded, redelivers, refuses when full. */
export class MemoryEventLog implements EventLog {
  private readonly counts: PartitionCounts;
  private readonly capacity: number;
  private readonly limit: number;
  private readonly logger: LogWriter;
  private readonly redeliver: boolean;
  private readonly records = new Map<string, LogRecord[]>();
  private readonly committed = new Map<string, bigint>();
  private readonly members = new Map<string, MemoryConsumer[]>();
  private readonly appender: Appender;
  private stored = 0;
  private closed = false;

  constructor(options: MemoryEventLogOptions = {}) {
    this.counts = options.partitions ?? CONTRACT_PARTITIONS;
    this.capacity = options.capacity ?? 100_000;
    this.limit = options.maxWaiting ?? 10_000;
    this.redeliver = options.redeliver ?? false;
    this.logger = options.logger ?? SILENT;
    this.appender = new Appender({
      write: (records) => Promise.resolve(this.write(records)),
      lingerMs: 0,
      maxRecords: 1_000,
      maxBytes: 1_000_000,
      limit: this.limit,
    });
  }

  append(records: readonly NewRecord[]): Promise<readonly Position[]> {
    if (this.stored + this.appender.waiting + records.length > this.capacity)
      return Promise.reject(new LogFullError(1));
    for (const record of records) {
      checkRecord(record);
      countOf(this.counts, record.topic);
    }
    return this.appender.append(records);
  }

  consume(options: ConsumeOptions): Promise<Consumer> {
    const key = `${options.group}\n${options.topic}`;
    const members = this.members.get(key) ?? [];
    this.members.set(key, members);
    const consumer = new MemoryConsumer(options, {
      logger: this.logger,
      redeliver: this.redeliver,
      read: (partition, from, most) =>
        this.partition(options.topic, partition).slice(Number(from), Number(from) + most),
      committed: (partition) => this.committed.get(`${key}\n${partition}`) ?? 0n,
      commit: (partition, next) => this.committed.set(`${key}\n${partition}`, next),
      deadLetter: async (record, reason) => void (await this.append([deadLetterOf(record, options.group, reason)])),
      left: async (gone) => {
        members.splice(members.indexOf(gone), 1);
        await this.share(options.topic, members);
      },
    });
    members.push(consumer);
    return this.share(options.topic, members).then(() => consumer);
  }

  ends(topic: string): Promise<readonly PartitionEnds[]> {
    const all = Array.from({ length: countOf(this.counts, topic) }, (_, partition) => ({
      partition,
      first: 0n,
      next: BigInt(this.partition(topic, partition).length),
    }));
    return Promise.resolve(all);
  }

  pressure(): { waiting: number; limit: number } {
    return { waiting: this.appender.waiting, limit: this.limit };
  }

  healthy(): boolean {
    return !this.closed;
  }

  async close(): Promise<void> {
    this.closed = true;
    const members = [...this.members.values()].flat();
    for (const member of members) await member.stop();
    await this.appender.close();
  }

  private write(records: readonly NewRecord[]): Position[] {
    const positions = records.map((record) => {
      const partition = placeOf(this.counts, record.topic, record.key);
      const all = this.partition(record.topic, partition);
      const position = { topic: record.topic, partition, offset: BigInt(all.length) };
      all.push({
        ...position,
        key: record.key,
        value: record.value,
        headers: record.headers ?? {},
        appendedAt: Date.now(),
      });
      return position;
    });
    this.stored += records.length;
    for (const members of this.members.values()) for (const member of members) member.wake();
    return positions;
  }

  private partition(topic: string, partition: number): LogRecord[] {
    const id = `${topic}\n${partition}`;
    const all = this.records.get(id) ?? [];
    this.records.set(id, all);
    return all;
  }

  private async share(topic: string, members: readonly MemoryConsumer[]): Promise<void> {
    const partitions = Array.from({ length: countOf(this.counts, topic) }, (_, partition) => partition);
    const shareOf = (index: number) => partitions.filter((partition) => partition % members.length === index);
    await Promise.all(members.map((member, index) => member.release(shareOf(index))));
    await Promise.all(members.map((member, index) => member.take(shareOf(index))));
  }
}
