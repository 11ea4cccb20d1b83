import type { Pool } from 'pg';
import { twinKey, TOPICS, type PatientInput } from '#libs/contracts';
import type { Forecaster } from '#libs/domain/forecasting';
import { unpackForecast, unpackTally, type LedgerForecast } from '#libs/domain/ledger';
import { PACKS } from '#libs/domain/packs';
import { catalogueOf } from '#libs/domain/twin';
import { partitionOf, type LogRecord } from '#libs/platform/messaging';
import { createPool, SourceKeys } from '#libs/platform/storage';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { GLUCOSE, HOUR, MINUTE } from '#libs/testing/ward';
import { BatchApplier } from '../apply/apply-batches.js';
import { TwinCache } from '../apply/twin-cache.js';
import { Backlog } from '../backlog/backlog.js';
import { DeferredPatients } from '../backlog/deferred-patients.js';
import { Ledger, type Looked } from './ledger.js';

/** Two hours back at a whole block, so that nothing waits by the clock. */
export const T0 = Math.floor(Date.now() / HOUR) * HOUR - 100 * HOUR;
const KEY = twinKey(1, 'patient', 'p1');
const PARTITION = partitionOf(KEY, 12);

/** The twin's engine and its ledger on a database of their own. */
export class LedgerBench {
  private offset = 0;
  readonly looked: Looked[] = [];
  readonly appended: PatientInput[] = [];
  /** Thrown by the log in place of appending. */
  fault: Error | undefined;
  private readonly applier: BatchApplier;
  private readonly backlog: Backlog;

  private constructor(
    readonly database: TestDatabase,
    readonly pool: Pool,
    private readonly forecasters: readonly Forecaster[],
  ) {
    const shared = {
      pool,
      sources: new SourceKeys(),
      catalogue: catalogueOf(PACKS, forecasters),
      onCommitted: () => undefined,
      onProblem: ({ reason }: { readonly reason: string }) => {
        throw new Error(reason);
      },
    };
    const cache = new TwinCache(10_000_000);
    const firstKept = (): Promise<bigint> => Promise.resolve(0n);
    this.applier = new BatchApplier({ ...shared, cache, deferred: new DeferredPatients(), firstKept });
    this.backlog = new Backlog({ ...shared, sliceMs: 100 });
  }

  static async open(...forecasters: readonly Forecaster[]): Promise<LedgerBench> {
    const database = await createTestDatabase();
    const pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    return new LedgerBench(database, pool, forecasters);
  }

  async close(): Promise<void> {
    await this.backlog.stop();
    await this.pool.end();
    await this.database.drop();
  }

  async take(records: readonly PatientInput[]): Promise<void> {
    const logged = records.map((record): LogRecord => {
      const offset = BigInt(this.offset++);
      const place = { topic: TOPICS.patientInput, partition: PARTITION, offset, key: KEY };
      return { ...place, value: JSON.stringify(record), headers: {}, appendedAt: 0 };
    });
    const batch = { topic: TOPICS.patientInput, partition: PARTITION, records: logged };
    const run = { signal: new AbortController().signal, heartbeat: () => Promise.resolve() };
    const [outcome] = await this.applier.apply([{ ...batch, ...run }]);
    if (outcome?.kind !== 'applied') throw new Error(`the batch was not applied: ${outcome?.kind}`);
    // What takes the core longer than a live transaction may waits for the backlog lane.
    await until(async () => {
      if ((await this.rows('SELECT 1 FROM deferred_records LIMIT 1')).length === 0) return true;
      this.backlog.wake();
      return false;
    });
  }

  /** A new process each time: all blocks are due. */
  async score(): Promise<void> {
    // The column has milliseconds: now() may be rounded to what is not due yet.
    await this.pool.query(`UPDATE forecast_blocks SET due_at = now() - interval '1 s' WHERE due_at IS NOT NULL`);
    await this.round();
  }

  round(): Promise<void> {
    const { pool, forecasters, looked } = this;
    return new Ledger({
      pool,
      log: {
        append: (records) => {
          if (this.fault !== undefined) return Promise.reject(this.fault);
          this.appended.push(...records.map(({ value }) => JSON.parse(value) as PatientInput));
          return Promise.resolve([]);
        },
      },
      forecasters,
      everyMs: 1,
      onLooked: (one) => looked.push(one),
      onProblem: (error) => {
        throw error;
      },
    }).round();
  }

  /** Forecasts that are not settled, by the twin's version. */
  async forecasts(): Promise<Map<number, LedgerForecast>> {
    const rows = await this.rows<{ version: string; content: Buffer; issued: number }>(
      `SELECT version, content, (extract(epoch FROM issued_at) * 1000)::float8 AS issued FROM forecasts WHERE content IS NOT NULL ORDER BY version`,
    );
    return new Map(rows.map(({ version, content, issued }) => [Number(version), unpackForecast(content, issued)]));
  }

  async rows<T>(sql: string): Promise<T[]> {
    return (await this.pool.query(sql)).rows as T[];
  }

  async sums(): Promise<readonly { minutes: number; n: number; unscored: number; squared: number }[]> {
    const rows = await this.rows<{ tally: Buffer }>('SELECT tally FROM forecast_blocks WHERE tally IS NOT NULL');
    const all = rows.flatMap(({ tally }) => unpackTally(tally));
    return [15, 30].map((minutes) => {
      const own = all.filter((one) => one.minutes === minutes);
      const add = (of: (one: (typeof own)[number]) => number): number => own.reduce((sum, one) => sum + of(one), 0);
      return {
        minutes,
        n: add(({ sums }) => sums.n),
        unscored: add(({ unscored }) => unscored),
        squared: add(({ sums }) => sums.squared),
      };
    });
  }
}

export function glucose(slot: number, x: number, version = 1): PatientInput {
  const t = T0 + slot * 5 * MINUTE;
  const head = { v: 1, tenant: 1, patient: 'p1', kind: 'samples', source: 'cgm', device: '' } as const;
  return { ...head, receivedAt: t + version * 1000, samples: [{ c: GLUCOSE, t, x, i: `g-${slot}` }] };
}

export const smooth = (slot: number): number => Math.round(120 + 15 * Math.sin(slot / 3));
