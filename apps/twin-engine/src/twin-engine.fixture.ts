import type { Pool } from 'pg';
import { PARTITIONS, twinKey, TOPICS, type PatientInput, type SamplesRecord, type WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { partitionOf, type Batch, type BatchOutcome, type LogRecord } from '#libs/platform/messaging';
import { createPool, SourceKeys } from '#libs/platform/storage';
import { createTestDatabase } from '#libs/testing';
import { BatchApplier } from './apply/apply-batches.js';
import { TwinCache } from './apply/twin-cache.js';
import { Backlog } from './backlog/backlog.js';
import { DeferredPatients } from './backlog/deferred-patients.js';
import type { Committed } from './write/committed.js';

export const T0 = Date.UTC(2026, 4, 1, 12);
export const MINUTE = 60_000;
export const HEART_RATE = 1;
export const GLUCOSE = 9;

/** A log in memory: what was appended can be handed over as often as a test likes. */
export class Log {
  readonly records: LogRecord[] = [];

  add(...inputs: readonly (PatientInput | { readonly key: string; readonly value: string })[]): void {
    for (const input of inputs) {
      const key = 'key' in input ? input.key : twinKey(input.tenant, 'patient', input.patient);
      const value = 'value' in input ? input.value : JSON.stringify(input);
      const partition = partitionOf(key, PARTITIONS[TOPICS.patientInput]);
      const offset = BigInt(this.records.filter((record) => record.partition === partition).length);
      this.records.push({ topic: TOPICS.patientInput, partition, offset, key, value, headers: {}, appendedAt: 0 });
    }
  }

  /** One batch per partition, of at most `most` records from each partition's `from` on. */
  batches(from: (partition: number) => bigint = () => 0n, most = Number.POSITIVE_INFINITY): readonly Batch[] {
    const partitions = new Set(this.records.map((record) => record.partition));
    return [...partitions]
      .map((partition): Batch => {
        const rest = this.records.filter(
          (record) => record.partition === partition && record.offset >= from(partition),
        );
        return {
          topic: TOPICS.patientInput,
          partition,
          records: rest.slice(0, most),
          signal: new AbortController().signal,
          heartbeat: () => Promise.resolve(),
        };
      })
      .filter((batch) => batch.records.length > 0);
  }
}

export interface Engine {
  readonly applier: BatchApplier;
  /** A backlog lane, not yet woken. */
  readonly backlog: () => Backlog;
  readonly pool: Pool;
  readonly committed: Committed[];
  readonly problems: string[];
}

export function startEngine(
  pool: Pool,
  onCommitted: (committed: Committed) => void = () => undefined,
  firstKept: () => bigint = () => 0n,
): Engine {
  const committed: Committed[] = [];
  const problems: string[] = [];
  const shared = {
    pool,
    sources: new SourceKeys(),
    catalogue: DEFAULT_CATALOGUE,
    onCommitted: (one: Committed) => {
      committed.push(one);
      onCommitted(one);
    },
    onProblem: ({ reason }: { readonly reason: string }) => problems.push(reason),
    onFailed: (reason: string) => problems.push(reason),
  };
  const applier = new BatchApplier({
    ...shared,
    cache: new TwinCache(10_000_000),
    deferred: new DeferredPatients(),
    firstKept: () => Promise.resolve(firstKept()),
  });
  return { applier, backlog: () => new Backlog({ ...shared, sliceMs: 10 }), committed, problems, pool };
}

/** Applies the whole log as a consumer would, following seeks, in batches of `most` records. */
export async function drain(engine: Engine, log: Log, most = 7): Promise<void> {
  const next = new Map<number, bigint>();
  for (;;) {
    const batches = log.batches((partition) => next.get(partition) ?? 0n, most);
    if (batches.length === 0) return drainBacklog(engine);
    const outcomes = await engine.applier.apply(batches);
    batches.forEach((batch, index) => {
      const outcome = outcomes[index] as BatchOutcome;
      if (outcome.kind === 'retry') throw new Error(outcome.reason);
      next.set(batch.partition, outcome.kind === 'seek' ? outcome.offset : batch.records.at(-1)!.offset + 1n);
    });
  }
}

async function drainBacklog(engine: Engine): Promise<void> {
  const { pool } = engine;
  const backlog = engine.backlog();
  while ((await pool.query('SELECT 1 FROM deferred_records LIMIT 1')).rowCount !== 0) {
    backlog.wake();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await backlog.stop();
}

let receivedAt = T0;
export function samples(
  patient: string,
  list: readonly WireSample[],
  more: Partial<SamplesRecord> = {},
): SamplesRecord {
  receivedAt = Math.max(receivedAt, ...list.map(({ t }) => t)) + 1_000;
  return {
    v: 1,
    kind: 'samples',
    tenant: 1,
    patient,
    source: 'watch',
    device: 'dev-1',
    receivedAt,
    samples: list,
    ...more,
  };
}

/** Low for long enough that the first rules speak: a reading every minute. */
export function lowGlucose(patient: string, minutes: number, from = T0): SamplesRecord[] {
  return Array.from({ length: minutes }, (_, i) => samples(patient, [{ c: GLUCOSE, t: from + i * MINUTE, x: 48 }]));
}

export async function rows(pool: Pool, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (await pool.query<Record<string, unknown>>(sql)).rows;
}

/** All effects but the moments of recording. */
export async function effects(pool: Pool): Promise<unknown> {
  return {
    twins: await rows(pool, 'SELECT tenant, patient, version, as_of, snapshot FROM twins ORDER BY 1, 2'),
    measurements: await rows(
      pool,
      `SELECT t.patient, m.code, m.effective_at, m.received_at, m.identity, m.version, m.value, m.quality, m.content_hash, m.retracted,
         m.superseded_at IS NULL AS newest, s.source, s.device
       FROM measurements m JOIN twins t ON t.key = m.twin JOIN sources s ON s.key = m.source ORDER BY 1, 2, 3, 5, 6`,
    ),
    episodes: await rows(
      pool,
      'SELECT id, patient, rule, severity, status, closed, sequence, alert FROM alert_episodes ORDER BY id',
    ),
    transitions: await rows(
      pool,
      'SELECT episode, sequence, id, transition, at, alert FROM alert_transitions ORDER BY episode, sequence',
    ),
    alerts: await rows(pool, `SELECT key, value FROM log_records WHERE topic = '${TOPICS.alerts}' ORDER BY value`),
  };
}

/** An empty database with the tenants 1 and 2. */
export async function openDatabase(): Promise<{ readonly pool: Pool; readonly drop: () => Promise<void> }> {
  const database = await createTestDatabase();
  const pool = createPool(database.url, { max: 4 });
  await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one'), (2, 'two')`);
  return {
    pool,
    drop: async () => {
      await pool.end();
      await database.drop();
    },
  };
}
