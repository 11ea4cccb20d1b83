import type pg from 'pg';
import { DueOffsets } from '../consumer/due-offsets.js';
import type { Consumer, ConsumeOptions, ConsumerState, LogRecord } from '../log/event-log.js';
import { Lane } from '../consumer/partition-lane.js';
import { Lanes } from '../consumer/lanes.js';
import { reasonOf, type LogWriter } from '../log/log-writer.js';
import { fetchRecords } from './postgres-fetch.js';
import { PostgresMembership } from './postgres-membership.js';
import { committedOffset, commitOffsets } from './postgres-offsets.js';
import { startOffset } from '../log/start-offset.js';

export interface PostgresConsumerParts {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  /** Partitions of the topic. */
  readonly partitions: number;
  readonly logger: LogWriter;
  readonly deadLetter: (record: LogRecord, reason: string) => Promise<void>;
  readonly stopped: () => void;
}

/** A member of a consumer group on the Postgres log: fetches for all its idle partitions in one query. */
export class PostgresConsumer implements Consumer {
  private readonly lanes = new Lanes();
  private readonly dirty = new Set<number>();
  private readonly opening = new Map<number, symbol>();
  private readonly applied = new DueOffsets(COMMIT_MS, () => void this.commit());
  private readonly membership: PostgresMembership;
  private fetching: Promise<void> | undefined;
  private committing: Promise<void> | undefined;
  private pollTimer: NodeJS.Timeout | undefined;
  private resting: NodeJS.Timeout | undefined;
  private lifecycle: 'starting' | 'running' | 'stopped' = 'starting';
  private lastProgressAt = Date.now();
  private abandoned = false;

  constructor(
    private readonly options: ConsumeOptions,
    private readonly parts: PostgresConsumerParts,
  ) {
    this.membership = new PostgresMembership({
      databaseUrl: parts.databaseUrl,
      group: options.group,
      topic: options.topic,
      partitions: parts.partitions,
      logger: parts.logger,
      onAcquired: (partition) => void this.open(partition),
      onRelease: (partition) => this.release(partition),
      onLost: () => this.lose(),
      onWake: () => this.wakeAll(),
    });
  }

  async start(): Promise<void> {
    await this.membership.start();
    this.lifecycle = 'running';
    this.pollTimer = setInterval(() => this.wakeAll(), POLL_MS);
  }

  pause(partition?: number): void {
    this.lanes.pause(partition);
  }

  resume(partition?: number): void {
    this.lanes.resume(partition);
  }

  assigned(): readonly number[] {
    return this.lanes.partitions();
  }

  state(): ConsumerState {
    if (this.lifecycle === 'stopped') return { kind: 'stopped' };
    if (this.lifecycle === 'starting' || !this.membership.connected) return { kind: 'starting' };
    return { kind: 'running', lastProgressAt: this.lastProgressAt };
  }

  async stop(): Promise<void> {
    if (this.lifecycle === 'stopped') return;
    this.lifecycle = 'stopped';
    clearInterval(this.pollTimer);
    clearTimeout(this.resting);
    await this.membership.stop();
    await this.fetching;
    this.applied.stop();
    this.parts.stopped();
  }

  /** Ends as a crash would, without waiting or committing. For tests of crashes. */
  abandon(): void {
    this.abandoned = true;
    this.lifecycle = 'stopped';
    clearInterval(this.pollTimer);
    clearTimeout(this.resting);
    this.applied.stop();
    this.membership.abandon();
    for (const lane of this.lanes.all()) void lane.stop();
    this.parts.stopped();
  }

  private async open(partition: number): Promise<void> {
    const token = Symbol('open');
    this.opening.set(partition, token);
    const start = await startOffset(
      this.options,
      partition,
      () => committedOffset(this.parts.pool, this.options, partition),
      () => this.opening.get(partition) === token,
      this.parts.logger,
    );
    if (start === undefined) return;
    this.opening.delete(partition);
    const lane = this.laneAt(partition, start);
    this.lanes.add(lane);
    this.options.onAssigned?.(this.assigned());
    this.wake(lane);
  }

  private async release(partition: number): Promise<void> {
    this.opening.delete(partition);
    const lane = this.lanes.get(partition);
    if (lane === undefined) return;
    await lane.stop();
    this.lanes.remove(partition);
    await this.commit();
    this.options.onAssigned?.(this.assigned());
  }

  private async lose(): Promise<void> {
    this.opening.clear();
    const lost = [...this.lanes.clear().values()];
    this.applied.keep([]);
    this.options.onAssigned?.([]);
    await Promise.all(lost.map((lane) => lane.stop()));
    this.applied.keep([]);
  }

  private laneAt(partition: number, start: bigint): Lane {
    return new Lane({
      consume: this.options,
      partition,
      start,
      // One batch waits while another is in progress.
      highRecords: this.options.maxBatch + 1,
      highBytes: FETCH_CHARACTERS,
      logger: this.parts.logger,
      deadLetter: this.parts.deadLetter,
      heartbeat: () => Promise.resolve(),
      onProgress: (lane, next) => {
        this.lastProgressAt = Date.now();
        if (this.abandoned || this.options.startAt !== undefined) return;
        if (this.lanes.get(partition) === lane) this.applied.set(partition, next);
      },
      onHungry: (lane, sought) => {
        if (sought) this.dirty.add(lane.partition);
        if (this.dirty.has(lane.partition)) this.fetchSoon();
      },
    });
  }

  private wakeAll(): void {
    for (const lane of this.lanes.all()) this.dirty.add(lane.partition);
    this.fetchSoon();
  }

  private wake(lane: Lane): void {
    this.dirty.add(lane.partition);
    this.fetchSoon();
  }

  private fetchSoon(): void {
    if (this.lifecycle === 'stopped' || this.fetching !== undefined || this.resting !== undefined) return;
    if (this.dirty.size === 0) return;
    this.fetching = this.fetch()
      .catch((error: unknown) => {
        this.parts.logger.warn({ group: this.options.group, reason: reasonOf(error) }, 'fetch failed; will poll');
        return 'nothing' as const;
      })
      .then((found) => {
        this.fetching = undefined;
        if (found === 'all' && this.options.restMs !== undefined && this.lifecycle !== 'stopped') {
          this.resting = setTimeout(() => {
            this.resting = undefined;
            this.fetchSoon();
          }, this.options.restMs);
        } else if (found !== 'nothing') this.fetchSoon();
      });
  }

  /**
   * One query for all partitions that may have more and have room. `all`: it brought what there was · `more`: it is worth asking again at
   * once · `nothing`: not before there is a reason.
   */
  private async fetch(): Promise<'all' | 'more' | 'nothing'> {
    const lanes = this.lanes.all().filter((lane) => this.dirty.has(lane.partition) && lane.hungry);
    if (lanes.length === 0) return 'nothing';
    const asked = lanes.map((lane) => ({ lane, from: lane.tail }));
    for (const lane of lanes) this.dirty.delete(lane.partition);
    const found = await fetchRecords(
      this.parts.pool,
      this.options.topic,
      new Map(asked.map(({ lane, from }) => [lane.partition, from])),
      { records: this.options.maxBatch, characters: FETCH_CHARACTERS },
    ).catch((error: unknown) => {
      for (const lane of lanes) this.dirty.add(lane.partition);
      throw error;
    });
    let isCut = false;
    for (const { lane, from } of asked) {
      const records = found.get(lane.partition) ?? [];
      // What was committed since is followed by a wake of its own.
      if (mayHaveMore(records, this.options.maxBatch)) {
        isCut = true;
        this.dirty.add(lane.partition);
      }
      // Not if the handler sent the lane elsewhere meanwhile.
      if (lane.tail === from) lane.offer(records);
    }
    if (!isCut && found.size > 0) return 'all';
    return this.dirty.size > 0 ? 'more' : 'nothing';
  }

  private async commit(): Promise<void> {
    while (this.committing !== undefined) await this.committing;
    if (this.abandoned) return;
    const offsets = this.applied.take();
    if (offsets.size === 0) return;
    this.committing = commitOffsets(this.parts.pool, this.options, offsets)
      // The records will come again; that is what "at least once" means.
      .catch((error: unknown) => {
        this.parts.logger.warn({ group: this.options.group, reason: reasonOf(error) }, 'offsets not committed');
      })
      .finally(() => (this.committing = undefined));
    await this.committing;
  }
}

/** True when a bound of the fetch may have cut them off. In UTF-8 a UTF-16 unit takes up to three bytes. */
function mayHaveMore(records: readonly LogRecord[], most: number): boolean {
  if (records.length >= most) return true;
  return records.reduce((sum, { value }) => sum + value.length, 0) * 3 >= FETCH_CHARACTERS;
}

const POLL_MS = 1_000;
const COMMIT_MS = 100;
/** Bound of what one partition gets in one fetch. */
const FETCH_CHARACTERS = 1_000_000;
