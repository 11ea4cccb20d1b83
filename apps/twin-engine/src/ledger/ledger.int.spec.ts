import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { twinKey, TOPICS, type PatientInput } from '#libs/contracts';
import type { Forecaster } from '#libs/domain/forecasting';
import { unpackBlock, unpackForecast, unpackTally, type LedgerForecast } from '#libs/domain/ledger';
import { PACKS } from '#libs/domain/packs';
import { catalogueOf } from '#libs/domain/twin';
import { partitionOf, type LogRecord } from '#libs/platform/messaging';
import { createPool, findTruths, SourceKeys } from '#libs/platform/storage';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { GLUCOSE, HOUR, MINUTE, TREND } from '#libs/testing/ward';
import { BatchApplier } from '../apply/apply-batches.js';
import { TwinCache } from '../apply/twin-cache.js';
import { Backlog } from '../backlog/backlog.js';
import { DeferredPatients } from '../backlog/deferred-patients.js';
import { Ledger, type Looked } from './ledger.js';

/** Two hours back at a whole block, so that nothing waits by the clock. */
const T0 = Math.floor(Date.now() / HOUR) * HOUR - 100 * HOUR;
const KEY = twinKey(1, 'patient', 'p1');
const PARTITION = partitionOf(KEY, 12);

/** The twin's engine and its ledger on a database of their own. */
class Bench {
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
    private readonly forecaster: Forecaster,
  ) {
    const shared = {
      pool,
      sources: new SourceKeys(),
      catalogue: catalogueOf(PACKS, [forecaster]),
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

  static async open(forecaster: Forecaster): Promise<Bench> {
    const database = await createTestDatabase();
    const pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    return new Bench(database, pool, forecaster);
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
    expect(await this.applier.apply([{ ...batch, ...run }])).toEqual([{ kind: 'applied' }]);
    // What takes the core longer than a live transaction may waits for the backlog lane.
    await until(async () => {
      if ((await this.rows('SELECT 1 FROM deferred_records LIMIT 1')).length === 0) return true;
      this.backlog.wake();
      return false;
    });
  }

  /** A new process each time: all blocks are due. */
  async score(): Promise<void> {
    await this.pool.query('UPDATE forecast_blocks SET due_at = now() WHERE due_at IS NOT NULL');
    await this.round();
  }

  round(): Promise<void> {
    const { pool, forecaster, looked } = this;
    return new Ledger({
      pool,
      log: {
        append: (records) => {
          if (this.fault !== undefined) return Promise.reject(this.fault);
          this.appended.push(...records.map(({ value }) => JSON.parse(value) as PatientInput));
          return Promise.resolve([]);
        },
      },
      forecasters: [forecaster],
      everyMs: 1,
      onLooked: (one) => looked.push(one),
      onProblem: (error) => {
        throw error;
      },
    }).round();
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

function glucose(slot: number, x: number, version = 1): PatientInput {
  const t = T0 + slot * 5 * MINUTE;
  const head = { v: 1, tenant: 1, patient: 'p1', kind: 'samples', source: 'cgm', device: '' } as const;
  return { ...head, receivedAt: t + version * 1000, samples: [{ c: GLUCOSE, t, x, i: `g-${slot}` }] };
}

const smooth = (slot: number): number => Math.round(120 + 15 * Math.sin(slot / 3));

describe('the prediction ledger', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open(TREND);
  }, 30_000);
  afterEach(() => bench.close());

  async function forecasts(): Promise<Map<number, LedgerForecast>> {
    const rows = await bench.rows<{ version: string; content: Buffer; issued: number }>(
      `SELECT version, content, (extract(epoch FROM issued_at) * 1000)::float8 AS issued FROM forecasts WHERE content IS NOT NULL`,
    );
    return new Map(rows.map(({ version, content, issued }) => [Number(version), unpackForecast(content, issued)]));
  }

  it('scores each point that is due against what came, as reckoned by hand', async () => {
    await bench.take(Array.from({ length: 40 }, (_, slot) => glucose(slot, smooth(slot))));
    const issued = await forecasts();
    await bench.round();
    // The newest value is of slot 39; the target of 15 min from slot 36 on, of 30 min from slot 33 on, may still be measured.
    let squared = 0;
    for (const { issuedAt, points } of issued.values()) {
      const slot = (issuedAt - T0) / (5 * MINUTE);
      if (slot + 3 < 39) squared += (points[0]!.mean - smooth(slot + 3)) ** 2;
    }
    const [at15, at30] = await bench.sums();
    expect(at15).toMatchObject({ n: 35, unscored: 0 });
    expect(at30).toMatchObject({ n: 32, unscored: 0 });
    expect(at15!.squared).toBeCloseTo(squared, 2);
  });

  it('settles what no late value can change any more: the same values, small, and no row of them is left', async () => {
    await bench.take(Array.from({ length: 288 }, (_, slot) => glucose(slot, smooth(slot))));
    const issued = await forecasts();
    await bench.score();
    expect(bench.looked.reduce((sum, { settled }) => sum + settled, 0)).toBe(0);
    // Two days on.
    await bench.take([glucose(288 + 576, 120)]);
    await bench.score();
    const sums = await bench.sums();
    // Targets after the last value of the day have none.
    expect(sums).toMatchObject([
      { n: 284, unscored: 3 },
      { n: 281, unscored: 6 },
    ]);
    const blocks = await bench.rows<{ block: number; content: Buffer; forecasts: number }>(
      `SELECT (extract(epoch FROM block) * 1000)::float8 AS block, content, forecasts FROM forecast_blocks WHERE due_at IS NULL ORDER BY block`,
    );
    expect(blocks.length).toBe(24);
    const settled = blocks.flatMap(({ block, content }) => [...unpackBlock(block, content)]);
    expect(settled).toHaveLength(issued.size);
    for (const { version, forecast, truths } of settled) {
      expect(forecast).toEqual(issued.get(version));
      expect(truths).toHaveLength(2);
    }
    expect(await bench.rows('SELECT 1 FROM forecasts WHERE content IS NOT NULL')).toHaveLength(1);
    const bytes = blocks.reduce((sum, { content }) => sum + content.length, 0) / settled.length;
    expect(bytes).toBeLessThan(100);
    await bench.score();
    expect(await bench.sums()).toEqual(sums);
  });

  it('reckons anew with late and corrected values as long as they may come', async () => {
    await bench.take(Array.from({ length: 40 }, (_, slot) => glucose(slot, smooth(slot))));
    await bench.score();
    const before = await bench.sums();
    await bench.take([glucose(20, smooth(20) + 8, 2)]);
    const known = await forecasts();
    await bench.score();
    const after = await bench.sums();
    expect(after[0]!.squared).not.toBe(before[0]!.squared);
    // The correction made one forecast more; those of before stay as they are.
    expect(known.size).toBe(40);
  });

  it('says the same after a crash, once', async () => {
    const records = Array.from({ length: 288 }, (_, slot) => glucose(slot, 120 + 20 * ((slot >> 1) % 2)));
    await bench.take(records);
    bench.fault = new Error('the log is away');
    await expect(bench.round()).rejects.toThrow('the log is away');
    expect(await bench.rows('SELECT 1 FROM forecast_blocks WHERE tally IS NOT NULL')).toEqual([]);
    bench.fault = undefined;
    await bench.round();
    const statuses = bench.appended.filter(({ kind }) => kind === 'model-status');
    expect(statuses).toHaveLength(1);
    expect(statuses[0]).toMatchObject({
      patient: 'p1',
      status: { model: 'glucose-forecast', code: GLUCOSE, status: 'demoted' },
    });
    await bench.take(statuses);
    await bench.take([glucose(289, 120)]);
    await bench.score();
    expect(bench.appended).toHaveLength(1);
    expect(await bench.rows('SELECT status FROM model_statuses')).toEqual([{ status: 'demoted' }]);
    expect([...(await forecasts()).values()].at(-1)).toMatchObject({ status: 'demoted' });
  });

  it('takes each block once when several engines score', async () => {
    await bench.take(Array.from({ length: 288 }, (_, slot) => glucose(slot, smooth(slot))));
    await Promise.all([bench.round(), bench.round(), bench.round()]);
    expect(bench.looked.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(24);
    const rows = await bench.rows('SELECT 1 FROM forecast_blocks WHERE tally IS NULL');
    expect(rows).toEqual([]);
  });

  it('finds the same truth in whatever order values arrived', async () => {
    const all = Array.from({ length: 60 }, (_, slot) => glucose(slot, smooth(slot)));
    const shuffled = all.toSorted((a, b) => (a.receivedAt % 7919) - (b.receivedAt % 7919));
    const other = await Bench.open(TREND);
    try {
      await bench.take(all);
      await other.take(shuffled.map((record) => ({ ...record, receivedAt: T0 + 6 * HOUR })));
      const twins = await Promise.all(
        [bench, other].map((one) => one.rows<{ key: string }>('SELECT key::text AS key FROM twins')),
      );
      const targets = (twin: string) =>
        Array.from({ length: 200 }, (_, i) => ({
          tenant: 1,
          twin,
          code: GLUCOSE,
          t: T0 + i * 100_000,
          toleranceMs: 2.5 * MINUTE,
        }));
      const [a, b] = await Promise.all([
        findTruths(bench.pool, targets(twins[0]![0]!.key), undefined),
        findTruths(other.pool, targets(twins[1]![0]!.key), undefined),
      ]);
      expect(b).toEqual(a);
      expect(a.filter((one) => one !== undefined).length).toBeGreaterThan(150);
    } finally {
      await other.close();
    }
  }, 30_000);
});
