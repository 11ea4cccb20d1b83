import { DueOffsets } from '../consumer/due-offsets.js';
import type { Consumer, ConsumeOptions, ConsumerState, LogRecord } from '../log/event-log.js';
import { Lane } from '../consumer/partition-lane.js';
import { Lanes } from '../consumer/lanes.js';
import { reasonOf, type LogWriter } from '../log/log-writer.js';
import { startOffset } from '../log/start-offset.js';
import type { KafkaMember } from './group-member.js';

export interface KafkaConsumerParts {
  readonly logger: LogWriter;
  readonly deadLetter: (record: LogRecord, reason: string) => Promise<void>;
  readonly stopped: () => void;
}

/**
 * A member of a consumer group on Kafka. The client's fetch loop only fills lanes and never waits for a handler: so it keeps
 * sending heartbeats, notices a rebalance within its interval, and a slow partition holds up no other. A full lane pauses its
 * partition at the client.
 *
 * Kafka's committed offset is a hint: every partition is positioned with a seek from `startAt` when it is given to this member,
 * and what arrives is checked against the offset the lane expects.
 */
export class KafkaConsumer implements Consumer {
  private readonly lanes = new Lanes();
  private readonly clientPaused = new Set<number>();
  private readonly soughtFor = new Map<number, bigint>();
  private readonly applied = new DueOffsets(COMMIT_MS, () => void this.commit());
  private member: KafkaMember | undefined;
  private generation = 0;
  private current: ConsumerState = { kind: 'starting' };
  private stopping: Promise<void> | undefined;
  private asking: Promise<ReadonlyMap<number, bigint>> | undefined;

  constructor(
    private readonly options: ConsumeOptions,
    private readonly parts: KafkaConsumerParts,
  ) {}

  /** To be called once, before the member joins. */
  attach(member: KafkaMember): void {
    this.member = member;
  }

  pause(partition?: number): void {
    this.lanes.pause(partition);
    this.adjust();
  }

  resume(partition?: number): void {
    this.lanes.resume(partition);
  }

  assigned(): readonly number[] {
    return this.lanes.partitions();
  }

  state(): ConsumerState {
    return this.current;
  }

  /** Stopped, or being stopped. */
  get ended(): boolean {
    return this.stopping !== undefined;
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  /** Ends as a crash would: nothing awaited, nothing committed, the group not notified. For tests of crashes. */
  abandon(): void {
    this.stopping = Promise.resolve();
    this.generation++;
    this.applied.stop();
    for (const lane of this.lanes.all()) void lane.stop();
    this.member?.sever();
    this.current = { kind: 'stopped' };
    this.parts.stopped();
  }

  /** The group gave this member its partitions, some of them perhaps not for the first time. */
  joined(partitions: readonly number[]): void {
    if (this.stopping !== undefined) return;
    this.generation++;
    const before = this.lanes.clear();
    this.soughtFor.clear();
    this.applied.keep(partitions);
    this.current = { kind: 'running', lastProgressAt: Date.now() };
    // Nothing is handed over before the partition stands where the store says.
    this.clientPaused.clear();
    for (const partition of partitions) this.clientPaused.add(partition);
    this.member?.pause(partitions);
    for (const lane of before.values()) void lane.stop();
    void this.position(partitions, before, this.generation);
  }

  /** The group is about to share anew: finish the batch in progress, start none. */
  rebalancing(): void {
    void this.commit();
    for (const lane of this.lanes.all()) void lane.stop();
  }

  crashed(reason: string, restarts: boolean): void {
    if (this.stopping !== undefined) return;
    for (const lane of this.lanes.all()) void lane.stop();
    this.parts.logger[restarts ? 'warn' : 'error'](
      { group: this.options.group, reason, restarts },
      'group member crashed',
    );
    if (restarts) {
      this.current = { kind: 'starting' };
      return;
    }
    this.current = { kind: 'failed', reason };
    this.options.onFailed?.(reason);
  }

  /**
   * Takes a fetched batch of one partition.
   *
   * @returns true when the client may continue after its last record; false when it shall fetch again from where it stands
   */
  take(partition: number, records: readonly LogRecord[]): boolean {
    const lane = this.lanes.get(partition);
    const first = records[0];
    if (lane === undefined || lane.stopped || first === undefined) return false;
    // A gap means that the client did not follow a seek yet; one that is still there after a seek is real (retention).
    if (first.offset > lane.tail && this.soughtFor.get(partition) !== lane.tail) {
      this.seek(partition, lane.tail);
      return false;
    }
    this.soughtFor.delete(partition);
    lane.offer(records);
    this.adjust();
    return true;
  }

  private seek(partition: number, offset: bigint): void {
    this.soughtFor.set(partition, offset);
    this.member?.seek(partition, offset);
  }

  private async position(
    partitions: readonly number[],
    before: ReadonlyMap<number, Lane>,
    generation: number,
  ): Promise<void> {
    await Promise.all([...before.values()].map((lane) => lane.stop()));
    await Promise.all(
      partitions.map(async (partition) => {
        const start = await startOffset(
          this.options,
          partition,
          () => this.committed(partition, before.get(partition)),
          () => this.generation === generation,
          this.parts.logger,
        );
        if (start === undefined) return;
        const lane = this.laneAt(partition, start);
        this.lanes.add(lane);
        this.seek(partition, start);
      }),
    );
    if (this.generation !== generation) return;
    this.adjust();
    this.options.onAssigned?.(this.assigned());
  }

  /** What this member applied just before is newer than what it had committed to the broker. */
  private async committed(partition: number, before: Lane | undefined): Promise<bigint> {
    this.asking ??= this.member!.committed().finally(() => (this.asking = undefined));
    const committed = (await this.asking).get(partition) ?? 0n;
    return before !== undefined && before.next > committed ? before.next : committed;
  }

  private laneAt(partition: number, start: bigint): Lane {
    const generation = this.generation;
    return new Lane({
      consume: this.options,
      partition,
      start,
      highRecords: this.options.maxBatch * 4,
      highBytes: 2_000_000,
      logger: this.parts.logger,
      deadLetter: this.parts.deadLetter,
      // The fetch loop never waits for a handler, so it sends the heartbeats.
      heartbeat: () => Promise.resolve(),
      onProgress: (_, next) => {
        if (this.current.kind === 'running') this.current = { kind: 'running', lastProgressAt: Date.now() };
        if (this.generation === generation && this.current.kind !== 'stopped') this.applied.set(partition, next);
      },
      onHungry: (lane, sought) => {
        if (sought) this.seek(partition, lane.tail);
        this.adjust();
      },
    });
  }

  /** Pauses at the client what has no room, resumes what has. */
  private adjust(): void {
    const full: number[] = [];
    const hungry: number[] = [];
    for (const lane of this.lanes.all()) {
      const isPaused = this.clientPaused.has(lane.partition);
      if (lane.hungry && isPaused) hungry.push(lane.partition);
      if (!lane.hungry && !isPaused) full.push(lane.partition);
    }
    for (const partition of full) this.clientPaused.add(partition);
    for (const partition of hungry) this.clientPaused.delete(partition);
    if (full.length > 0) this.member?.pause(full);
    if (hungry.length > 0) this.member?.resume(hungry);
  }

  private async commit(): Promise<void> {
    const offsets = this.applied.take();
    if (offsets.size === 0) return;
    try {
      await this.member?.commit(offsets);
    } catch (error) {
      this.parts.logger.debug({ group: this.options.group, reason: reasonOf(error) }, 'offsets not committed');
    }
  }

  private async end(): Promise<void> {
    await Promise.all(this.lanes.all().map((lane) => lane.stop()));
    this.applied.stop();
    await this.commit();
    this.generation++;
    this.lanes.clear();
    // An unavailable broker is detected by the session timeout.
    await Promise.race([this.member?.leave(), new Promise((resolve) => setTimeout(resolve, LEAVE_MS).unref())]);
    if (this.current.kind !== 'failed') this.current = { kind: 'stopped' };
    this.parts.stopped();
  }
}

const COMMIT_MS = 500;
const LEAVE_MS = 3_000;
