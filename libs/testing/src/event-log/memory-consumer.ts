import {
  Lane,
  type Batch,
  type ConsumeOptions,
  type Consumer,
  type LogRecord,
  type LogWriter,
} from '#libs/platform/messaging';

interface MemoryConsumerParts {
  readonly logger: LogWriter;
  readonly redeliver: boolean;
  readonly read: (partition: number, from: bigint, most: number) => readonly LogRecord[];
  readonly committed: (partition: number) => bigint;
  readonly commit: (partition: number, next: bigint) => void;
  readonly deadLetter: (record: LogRecord, reason: string) => Promise<void>;
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

  /** Ends as a crash would: batches in progress are not awaited. */
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
      deadLetter: this.parts.deadLetter,
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
