import {
  LogFullError,
  type Batch,
  type Consumer,
  type ConsumeOptions,
  type EventLog,
  type LogRecord,
  type NewRecord,
  type PartitionEnds,
  type Position,
} from './event-log.js';
import { Appender } from './appender.js';
import { checkRecord } from './check-record.js';
import { deadLetterOf } from './dead-letter.js';
import { Lane } from './lane.js';
import { SILENT, type LogWriter } from './log-writer.js';
import { CONTRACT_PARTITIONS, countOf, placeOf, type PartitionCounts } from './topic-partitions.js';

export interface MemoryEventLogOptions {
  readonly partitions?: PartitionCounts;
  /** Most records the log keeps; a full log refuses. */
  readonly capacity?: number;
  /** Most records that may wait to be appended. */
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
      bury: async (record, reason) => void (await this.append([deadLetterOf(record, options.group, reason)])),
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

interface MemoryConsumerParts {
  readonly logger: LogWriter;
  readonly redeliver: boolean;
  readonly read: (partition: number, from: bigint, most: number) => readonly LogRecord[];
  readonly committed: (partition: number) => bigint;
  readonly commit: (partition: number, next: bigint) => void;
  readonly bury: (record: LogRecord, reason: string) => Promise<void>;
  readonly left: (member: MemoryConsumer) => Promise<void>;
}

export class MemoryConsumer implements Consumer {
  private readonly lanes = new Map<number, Lane>();
  private lastProgressAt = Date.now();
  private stopping = false;
  private allPaused = false;

  constructor(
    private readonly options: ConsumeOptions,
    private readonly parts: MemoryConsumerParts,
  ) {}

  pause(partition?: number): void {
    if (partition === undefined) this.allPaused = true;
    for (const lane of this.lanes.values()) if (partition === undefined || lane.partition === partition) lane.pause();
  }

  resume(partition?: number): void {
    if (partition === undefined) this.allPaused = false;
    for (const lane of this.lanes.values()) if (partition === undefined || lane.partition === partition) lane.resume();
  }

  assigned(): readonly number[] {
    return [...this.lanes.keys()].sort((a, b) => a - b);
  }

  state() {
    if (this.stopping) return { kind: 'stopped' } as const;
    return { kind: 'running', lastProgressAt: this.lastProgressAt } as const;
  }

  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await this.release([]);
    await this.parts.left(this);
  }

  /** Ends as a crash would: batches in hand are not awaited. */
  async abandon(): Promise<void> {
    this.stopping = true;
    for (const lane of this.lanes.values()) void lane.stop();
    this.lanes.clear();
    await this.parts.left(this);
  }

  wake(): void {
    for (const lane of this.lanes.values()) this.feed(lane);
  }

  async release(keep: readonly number[]): Promise<void> {
    const gone = [...this.lanes.values()].filter((lane) => !keep.includes(lane.partition));
    await Promise.all(gone.map((lane) => lane.stop()));
    for (const lane of gone) this.lanes.delete(lane.partition);
    if (gone.length > 0) this.options.onAssigned?.(this.assigned());
  }

  async take(partitions: readonly number[]): Promise<void> {
    const fresh = partitions.filter((partition) => !this.lanes.has(partition));
    for (const partition of fresh) {
      const start = (await this.options.startAt?.(partition)) ?? this.parts.committed(partition);
      const lane = this.laneAt(partition, start);
      if (this.allPaused) lane.pause();
      this.lanes.set(partition, lane);
    }
    if (fresh.length > 0) this.options.onAssigned?.(this.assigned());
    this.wake();
  }

  private laneAt(partition: number, start: bigint): Lane {
    return new Lane({
      consume: this.parts.redeliver ? redelivering(this.options) : this.options,
      partition,
      start,
      highRecords: this.options.maxBatch,
      highBytes: 1_000_000,
      logger: this.parts.logger,
      bury: this.parts.bury,
      heartbeat: () => Promise.resolve(),
      onProgress: (_, next) => {
        this.lastProgressAt = Date.now();
        if (this.options.startAt === undefined) this.parts.commit(partition, next);
      },
      onHungry: (hungry) => setImmediate(() => this.feed(hungry)),
    });
  }

  private feed(lane: Lane): void {
    if (this.stopping || !lane.hungry) return;
    const records = this.parts.read(lane.partition, lane.tail, this.options.maxBatch);
    if (records.length === 0) return;
    lane.offer(records);
  }
}

/** Every third batch of a partition is followed by the one before it and by itself. */
function redelivering(options: ConsumeOptions): ConsumeOptions {
  const before = new Map<number, Batch>();
  let handed = 0;
  return {
    ...options,
    onBatch: async (batch) => {
      const outcome = await options.onBatch(batch);
      const previous = before.get(batch.partition);
      before.set(batch.partition, batch);
      if (outcome.kind !== 'applied' || ++handed % 3 !== 0) return outcome;
      if (previous !== undefined) await options.onBatch(previous);
      return options.onBatch(batch);
    },
  };
}
