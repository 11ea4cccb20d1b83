import type pg from 'pg';
import {
  LogFullError,
  type Consumer,
  type ConsumeOptions,
  type EventLog,
  type NewRecord,
  type PartitionEnds,
  type Position,
} from '../log/event-log.js';
import { appendStatement, type ClaimedRow } from './append-in-transaction.js';
import { Appender } from '../consumer/appender.js';
import { checkRecord } from '../log/check-record.js';
import { deadLetterOf } from '../log/dead-letter.js';
import { reasonOf, SILENT, type LogWriter } from '../log/log-writer.js';
import { PostgresConsumer } from './postgres-consumer.js';
import { PostgresWaker } from './postgres-waker.js';
import { CONTRACT_PARTITIONS, countOf, placeOf, type PartitionCounts } from '../log/topic-partitions.js';
import { registerWaker } from './wake-after-commit.js';
import { isTransient, surelyNotCommitted } from '../log/transient.js';

export interface PostgresEventLogOptions {
  readonly pool: pg.Pool;
  /** For the sessions that listen and hold partitions: one connection per consumer. Not through a transaction pooler. */
  readonly databaseUrl: string;
  readonly partitions?: PartitionCounts;
  /** How long the first append of a batch waits for company, ms. */
  readonly lingerMs?: number;
  /** Maximum records that may wait to be appended. */
  readonly maxWaiting?: number;
  readonly logger?: LogWriter;
}

/** The durable log of one machine: two tables of Postgres, offsets without gaps, in commit order. */
export class PostgresEventLog implements EventLog {
  private readonly counts: PartitionCounts;
  private readonly logger: LogWriter;
  private readonly appenders: readonly Appender[];
  private readonly waker: PostgresWaker;
  private readonly unregister: () => void;
  private readonly consumers = new Set<PostgresConsumer>();
  private readonly limit: number;
  private reachable = true;
  private probe: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: PostgresEventLogOptions) {
    this.counts = options.partitions ?? CONTRACT_PARTITIONS;
    this.logger = options.logger ?? SILENT;
    this.limit = options.maxWaiting ?? 20_000;
    this.waker = new PostgresWaker(options.pool, this.logger);
    this.unregister = registerWaker(options.databaseUrl, this.waker);
    // Each appender owns its share of the partitions: order is kept, and their transactions never wait for each other.
    this.appenders = Array.from(
      { length: APPENDERS },
      () =>
        new Appender({
          write: (records) => this.write(records),
          lingerMs: options.lingerMs ?? 0,
          maxRecords: 1_000,
          maxBytes: 4_000_000,
          limit: this.limit,
        }),
    );
  }

  async append(records: readonly NewRecord[]): Promise<readonly Position[]> {
    const shares = this.appenders.map((): { records: NewRecord[]; indexes: number[] } => ({
      records: [],
      indexes: [],
    }));
    records.forEach((record, index) => {
      checkRecord(record);
      const share = shares[placeOf(this.counts, record.topic, record.key) % APPENDERS]!;
      share.records.push(record);
      share.indexes.push(index);
    });
    this.refuseWhenFull(shares.map((share) => share.records.length));
    const positions = Array.from<Position>({ length: records.length });
    await Promise.all(
      shares.map(async (share, appender) => {
        const answered = await this.appenders[appender]!.append(share.records);
        answered.forEach((position, i) => (positions[share.indexes[i]!] = position));
      }),
    );
    return positions;
  }

  async consume(options: ConsumeOptions): Promise<Consumer> {
    if (this.closed) throw new Error('the log is closed');
    const consumer = new PostgresConsumer(options, {
      pool: this.options.pool,
      databaseUrl: this.options.databaseUrl,
      partitions: countOf(this.counts, options.topic),
      logger: this.logger,
      deadLetter: async (record, reason) => void (await this.append([deadLetterOf(record, options.group, reason)])),
      stopped: () => this.consumers.delete(consumer),
    });
    this.consumers.add(consumer);
    await consumer.start();
    return consumer;
  }

  async ends(topic: string): Promise<readonly PartitionEnds[]> {
    const { rows } = await this.options.pool.query<{ partition: number; first: string; next: string }>(ENDS, [
      topic,
      countOf(this.counts, topic),
    ]);
    return rows.map((row) => ({ partition: row.partition, first: BigInt(row.first), next: BigInt(row.next) }));
  }

  pressure(): { waiting: number; limit: number } {
    return { waiting: this.appenders.reduce((sum, appender) => sum + appender.waiting, 0), limit: this.limit };
  }

  healthy(): boolean {
    return !this.closed && this.reachable;
  }

  /** Appends in flight end, consumers leave their groups. The pool stays open: it is the caller's. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.probe);
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await Promise.all(this.appenders.map((appender) => appender.close()));
    this.unregister();
    await this.waker.close();
  }

  /** Looks every second until the database answers again. */
  private unreachable(): void {
    this.reachable = false;
    this.probe ??= setInterval(() => {
      this.options.pool.query('SELECT 1').then(
        () => {
          this.reachable = true;
          clearInterval(this.probe);
          this.probe = undefined;
        },
        () => undefined,
      );
    }, PROBE_MS).unref();
  }

  private refuseWhenFull(sizes: readonly number[]): void {
    const adding = sizes.reduce((sum, size) => sum + size, 0);
    const { waiting, limit } = this.pressure();
    if (waiting > 0 && waiting + adding > limit) throw new LogFullError(1);
  }

  /** Tries again for a while when the write surely did not happen; when that is unknown, the caller gets the error. */
  private async write(records: readonly NewRecord[]): Promise<readonly Position[]> {
    const statement = appendStatement(records, this.counts, 'silent');
    const started = Date.now();
    for (let attempt = 0; ; attempt++) {
      let sent = false;
      try {
        const client = await this.options.pool.connect();
        sent = true;
        const rows = await queryAndRelease<ClaimedRow>(client, statement.query);
        this.reachable = true;
        this.waker.wake(statement.topics);
        return statement.positions(rows);
      } catch (error) {
        if (isTransient(error)) this.unreachable();
        const knowable = !sent || surelyNotCommitted(error);
        const again = isTransient(error) && knowable && Date.now() - started < RETRY_FOR_MS;
        if (!again) throw error;
        this.logger.warn({ attempt, reason: reasonOf(error) }, 'append will be tried again');
        await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, 20 * 2 ** attempt)));
      }
    }
  }
}

/** One query on a client in use, which is given back, for good when its connection broke. */
async function queryAndRelease<T extends pg.QueryResultRow>(
  client: pg.PoolClient,
  query: pg.QueryConfig,
): Promise<T[]> {
  // A connection that ends emits an event as well; without a listener it would end the process.
  const ignore = () => undefined;
  client.on('error', ignore);
  let broken = false;
  try {
    return (await client.query<T>(query)).rows;
  } catch (error) {
    broken = isTransient(error);
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

const APPENDERS = 2;
const RETRY_FOR_MS = 10_000;
const PROBE_MS = 1_000;

const ENDS = `
SELECT g.n AS "partition", coalesce(p.next_offset, 0) AS next,
  coalesce((SELECT r."offset" FROM log_records r WHERE r.topic = $1 AND r."partition" = g.n ORDER BY r."offset" LIMIT 1),
    p.next_offset, 0) AS first
FROM generate_series(0, $2::int - 1) AS g (n)
LEFT JOIN log_partitions p ON p.topic = $1 AND p."partition" = g.n
ORDER BY g.n`;
