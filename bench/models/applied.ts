import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { BatchApplier } from '../../apps/twin-engine/src/apply/apply-batches.js';
import { TwinCache } from '../../apps/twin-engine/src/apply/twin-cache.js';
import { DeferredPatients } from '../../apps/twin-engine/src/backlog/deferred-patients.js';
import { twinKey, TOPICS, type PatientInput } from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import { partitionOf, type Batch, type LogRecord } from '#libs/platform/messaging';
import { createPool, migrate, SourceKeys } from '#libs/platform/storage';
import { cpuSeconds, cpuSecondsOfTree } from '../machine.js';

const PARTITIONS = 12;
const CACHED_CHARACTERS = 128_000_000;

/** What applying records took: by the clock, and of the CPU in this process and in the database's. Seconds. */
export interface Took {
  readonly wall: number;
  readonly engine: number;
  readonly database: number;
}

/** The engine's own transactions on a database of its own: no log, no hot state, no HTTP. */
export class AppliedRecords {
  private readonly offsets = new Map<number, number>();
  private readonly applier: BatchApplier;

  private constructor(
    readonly pool: pg.Pool,
    private readonly postgresPid: number,
    catalogue: Catalogue,
    private readonly drop: () => Promise<void>,
  ) {
    this.applier = new BatchApplier({
      pool,
      cache: new TwinCache(CACHED_CHARACTERS),
      deferred: new DeferredPatients(),
      sources: new SourceKeys(),
      catalogue,
      firstKept: () => Promise.resolve(0n),
      onCommitted: () => undefined,
      onProblem: ({ reason }) => {
        throw new Error(reason);
      },
    });
  }

  /** On a new database of this server. */
  static async open(
    server: { readonly url: string; readonly pid: number },
    name: string,
    catalogue: Catalogue,
  ): Promise<AppliedRecords> {
    const admin = async (sql: string): Promise<void> => {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      try {
        await client.query(sql);
      } finally {
        await client.end();
      }
    };
    await admin(`CREATE DATABASE ${name}`);
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    await migrate(url.href);
    const pool = createPool(url.href);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    return new AppliedRecords(pool, server.pid, catalogue, () => admin(`DROP DATABASE ${name} WITH (FORCE)`));
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.drop();
  }

  /** Applies records in their order, so many a transaction. */
  async apply(records: readonly PatientInput[], perTransaction: number): Promise<Took> {
    const chunks: (readonly Batch[])[] = [];
    for (let from = 0; from < records.length; from += perTransaction)
      chunks.push(this.batchesOf(records.slice(from, from + perTransaction)));
    const began = [performance.now() / 1000, cpuSeconds(process.pid), cpuSecondsOfTree(this.postgresPid)] as const;
    for (const batches of chunks) {
      const outcomes = await this.applier.apply(batches);
      if (outcomes.some(({ kind }) => kind !== 'applied')) throw new Error('a batch was not applied');
    }
    return {
      wall: performance.now() / 1000 - began[0],
      engine: cpuSeconds(process.pid) - began[1],
      database: cpuSecondsOfTree(this.postgresPid) - began[2],
    };
  }

  private batchesOf(records: readonly PatientInput[]): readonly Batch[] {
    const signal = new AbortController().signal;
    const logged = records.map((record): LogRecord => {
      const key = twinKey(1, 'patient', record.patient);
      const partition = partitionOf(key, PARTITIONS);
      const offset = this.offsets.get(partition) ?? 0;
      this.offsets.set(partition, offset + 1);
      const place = { topic: TOPICS.patientInput, partition, offset: BigInt(offset), key };
      return { ...place, value: JSON.stringify(record), headers: {}, appendedAt: 0 };
    });
    return [...Map.groupBy(logged, ({ partition }) => partition)].map(([partition, own]) => ({
      topic: TOPICS.patientInput,
      partition,
      records: own,
      signal,
      heartbeat: () => Promise.resolve(),
    }));
  }
}
