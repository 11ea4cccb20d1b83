import type pg from 'pg';
import type { Consumer, ConsumeOptions, ConsumerState, LogRecord } from './event-log.js';
import { Lane } from './lane.js';
import { reasonOf, type LogWriter } from './log-writer.js';
import { PostgresMembership } from './postgres-membership.js';

export interface PostgresConsumerParts {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  /** Partitions of the topic. */
  readonly partitions: number;
  readonly logger: LogWriter;
  readonly bury: (record: LogRecord, reason: string) => Promise<void>;
  readonly stopped: () => void;
}

/** A member of a consumer group on the Postgres log: fetches for all its idle partitions in one query. */
export class PostgresConsumer implements Consumer {
  private readonly lanes = new Map<number, Lane>();
  private readonly dirty = new Set<number>();
  private readonly paused = new Set<number>();
  private readonly opening = new Map<number, symbol>();
  private readonly toCommit = new Map<number, bigint>();
  private readonly membership: PostgresMembership;
  private fetching: Promise<void> | undefined;
  private committing: Promise<void> | undefined;
  private pollTimer: NodeJS.Timeout | undefined;
  private commitTimer: NodeJS.Timeout | undefined;
  private allPaused = false;
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
    if (partition === undefined) this.allPaused = true;
    else this.paused.add(partition);
    for (const lane of this.lanes.values()) if (this.isPaused(lane.partition)) lane.pause();
  }

  resume(partition?: number): void {
    if (partition === undefined) {
      this.allPaused = false;
      this.paused.clear();
    } else this.paused.delete(partition);
    for (const lane of this.lanes.values()) if (lane.paused && !this.isPaused(lane.partition)) lane.resume();
  }

  assigned(): readonly number[] {
    return [...this.lanes.keys()].sort((a, b) => a - b);
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
    await this.membership.stop();
    await this.fetching;
    clearTimeout(this.commitTimer);
    this.parts.stopped();
  }

  /** Ends as a crash would, without waiting or committing. For tests of crashes. */
  abandon(): void {
    this.abandoned = true;
    this.lifecycle = 'stopped';
    clearInterval(this.pollTimer);
    clearTimeout(this.commitTimer);
    this.membership.abandon();
    for (const lane of this.lanes.values()) void lane.stop();
    this.parts.stopped();
  }

  private isPaused(partition: number): boolean {
    return this.allPaused || this.paused.has(partition);
  }

  private async open(partition: number): Promise<void> {
    const token = Symbol('open');
    this.opening.set(partition, token);
    for (let attempt = 0; ; attempt++) {
      try {
        const start = (await this.options.startAt?.(partition)) ?? (await this.committed(partition));
        if (this.opening.get(partition) !== token) return;
        this.opening.delete(partition);
        const lane = this.laneAt(partition, start);
        if (this.isPaused(partition)) lane.pause();
        this.lanes.set(partition, lane);
        this.options.onAssigned?.(this.assigned());
        this.wake(lane);
        return;
      } catch (error) {
        this.parts.logger.warn(
          { group: this.options.group, partition, reason: reasonOf(error) },
          'no start offset yet',
        );
        await new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 50 * 2 ** Math.min(attempt, 6))));
        if (this.opening.get(partition) !== token) return;
      }
    }
  }

  private async release(partition: number): Promise<void> {
    this.opening.delete(partition);
    const lane = this.lanes.get(partition);
    if (lane === undefined) return;
    await lane.stop();
    this.lanes.delete(partition);
    await this.commit();
    this.options.onAssigned?.(this.assigned());
  }

  private async lose(): Promise<void> {
    this.opening.clear();
    const lanes = [...this.lanes.values()];
    this.lanes.clear();
    this.toCommit.clear();
    this.options.onAssigned?.([]);
    await Promise.all(lanes.map((lane) => lane.stop()));
    this.toCommit.clear();
  }

  private laneAt(partition: number, start: bigint): Lane {
    return new Lane({
      consume: this.options,
      partition,
      start,
      // One batch waits while one is in hand.
      highRecords: this.options.maxBatch + 1,
      highBytes: FETCH_BYTES,
      logger: this.parts.logger,
      bury: this.parts.bury,
      heartbeat: () => Promise.resolve(),
      onProgress: (lane, next) => {
        this.lastProgressAt = Date.now();
        if (this.options.startAt === undefined && this.lanes.get(partition) === lane) this.commitSoon(partition, next);
      },
      onHungry: (lane, sought) => {
        if (sought) this.dirty.add(lane.partition);
        if (this.dirty.has(lane.partition)) this.fetchSoon();
      },
    });
  }

  private wakeAll(): void {
    for (const lane of this.lanes.values()) this.dirty.add(lane.partition);
    this.fetchSoon();
  }

  private wake(lane: Lane): void {
    this.dirty.add(lane.partition);
    this.fetchSoon();
  }

  private fetchSoon(): void {
    if (this.lifecycle === 'stopped' || this.fetching !== undefined || this.dirty.size === 0) return;
    this.fetching = this.fetch()
      .catch((error: unknown) => {
        this.parts.logger.warn({ group: this.options.group, reason: reasonOf(error) }, 'fetch failed; will poll');
        return false;
      })
      .then((more) => {
        this.fetching = undefined;
        if (more) this.fetchSoon();
      });
  }

  /** One query for all partitions that may have more and have room. True when it is worth asking again at once. */
  private async fetch(): Promise<boolean> {
    const lanes = [...this.lanes.values()].filter((lane) => this.dirty.has(lane.partition) && lane.hungry);
    if (lanes.length === 0) return false;
    const asked = lanes.map((lane) => ({ lane, from: lane.tail }));
    for (const lane of lanes) this.dirty.delete(lane.partition);
    const { rows } = await this.parts.pool
      .query<RecordRow>({
        name: 'log-fetch',
        text: FETCH,
        values: [
          this.options.topic,
          asked.map(({ lane }) => lane.partition),
          asked.map(({ from }) => String(from)),
          this.options.maxBatch,
          FETCH_BYTES,
        ],
      })
      .catch((error: unknown) => {
        for (const lane of lanes) this.dirty.add(lane.partition);
        throw error;
      });
    const byPartition = Map.groupBy(rows, (row) => row.partition);
    for (const { lane, from } of asked) {
      const found = byPartition.get(lane.partition) ?? [];
      if (found.length > 0) this.dirty.add(lane.partition);
      // Not if the handler sent the lane elsewhere meanwhile.
      if (lane.tail === from) lane.offer(found.map((row) => recordOf(this.options.topic, row)));
    }
    return this.dirty.size > 0;
  }

  private async committed(partition: number): Promise<bigint> {
    const { rows } = await this.parts.pool.query<{ next_offset: string }>(
      'SELECT next_offset FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2 AND "partition" = $3',
      [this.options.group, this.options.topic, partition],
    );
    return BigInt(rows[0]?.next_offset ?? 0);
  }

  private commitSoon(partition: number, next: bigint): void {
    if (this.abandoned) return;
    this.toCommit.set(partition, next);
    this.commitTimer ??= setTimeout(() => {
      this.commitTimer = undefined;
      void this.commit();
    }, COMMIT_MS);
  }

  private async commit(): Promise<void> {
    while (this.committing !== undefined) await this.committing;
    if (this.toCommit.size === 0 || this.abandoned) return;
    this.committing = this.writeOffsets([...this.toCommit]).finally(() => (this.committing = undefined));
    this.toCommit.clear();
    await this.committing;
  }

  private async writeOffsets(offsets: readonly (readonly [number, bigint])[]): Promise<void> {
    try {
      await this.parts.pool.query({
        name: 'log-commit',
        text: COMMIT,
        values: [
          this.options.group,
          this.options.topic,
          offsets.map(([partition]) => partition),
          offsets.map(([, next]) => String(next)),
        ],
      });
    } catch (error) {
      // The records will come again; that is what "at least once" means.
      this.parts.logger.warn({ group: this.options.group, reason: reasonOf(error) }, 'offsets not committed');
    }
  }
}

interface RecordRow {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly appended_ms: number;
}

function recordOf(topic: string, row: RecordRow): LogRecord {
  return {
    topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    key: row.key,
    value: row.value,
    headers: row.headers ?? NO_HEADERS,
    appendedAt: row.appended_ms,
  };
}

const NO_HEADERS = {};
const POLL_MS = 1_000;
const COMMIT_MS = 100;
/** Bound of what one partition gets in one fetch, characters. */
const FETCH_BYTES = 1_000_000;

// At least one record of each partition, then as many as fit.
const FETCH = `
SELECT r.* FROM unnest($2::int[], $3::bigint[]) AS a (part, start)
CROSS JOIN LATERAL (
  SELECT "partition", "offset", key, value, headers, appended_ms FROM (
    SELECT "partition", "offset", key, value, headers, floor(extract(epoch FROM appended_at) * 1000)::float8 AS appended_ms,
      sum(octet_length(value)) OVER (ORDER BY "offset" ROWS UNBOUNDED PRECEDING) - octet_length(value) AS before
    FROM log_records
    WHERE topic = $1 AND "partition" = a.part AND "offset" >= a.start
    ORDER BY "offset" LIMIT $4
  ) s WHERE before < $5 ORDER BY "offset"
) r`;

const COMMIT = `
INSERT INTO consumer_offsets (consumer_group, topic, "partition", next_offset, updated_at)
SELECT $1, $2, o.part, o.next, now() FROM unnest($3::int[], $4::bigint[]) AS o (part, next) ORDER BY o.part
ON CONFLICT (consumer_group, topic, "partition") DO UPDATE SET next_offset = excluded.next_offset, updated_at = excluded.updated_at`;
