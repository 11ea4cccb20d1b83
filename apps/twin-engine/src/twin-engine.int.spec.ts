import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import {
  PARTITIONS,
  twinKey,
  TOPICS,
  type AlertRecord,
  type PatientInput,
  type SamplesRecord,
  type WireSample,
} from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { partitionOf, type Batch, type BatchOutcome, type LogRecord } from '#libs/platform/messaging';
import {
  createHotState,
  createPool,
  listMeasurements,
  listRejections,
  SourceKeys,
  type HotState,
} from '#libs/platform/storage';
import { activeWebhooks, enqueueAlerts, type LaneKey } from '#libs/platform/delivery';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { BatchApplier } from './apply/apply-batches.js';
import { Backlog } from './backlog/backlog.js';
import type { Committed } from './write/committed.js';
import { DeferredPatients } from './backlog/deferred-patients.js';
import { HotViews } from './write/hot-views.js';
import { TwinCache } from './apply/twin-cache.js';

const T0 = Date.UTC(2026, 4, 1, 12);
const MINUTE = 60_000;
const HEART_RATE = 1;
const GLUCOSE = 9;

/** A log in memory: what was appended can be handed over as often as a test likes. */
class Log {
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

interface Engine {
  readonly applier: BatchApplier;
  /** A backlog lane, not yet woken. */
  readonly backlog: () => Backlog;
  readonly pool: Pool;
  readonly committed: Committed[];
  readonly problems: string[];
}

function startEngine(
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
async function drain(engine: Engine, log: Log, most = 7): Promise<void> {
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
function samples(patient: string, list: readonly WireSample[], more: Partial<SamplesRecord> = {}): SamplesRecord {
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
function lowGlucose(patient: string, minutes: number, from = T0): SamplesRecord[] {
  return Array.from({ length: minutes }, (_, i) => samples(patient, [{ c: GLUCOSE, t: from + i * MINUTE, x: 48 }]));
}

function every(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
}

/** One lead at 360 Hz by the second, a beat a bump at each of `beats` (s). */
function ecgSeconds(seconds: number, beats: readonly number[], channel: string): WireSample[] {
  const value = (at: number): number =>
    beats.reduce(
      (sum, beat) => (Math.abs(beat - at) < 0.1 ? sum + 1.1 * Math.exp(-(((at - beat) / 0.012) ** 2)) : sum),
      0,
    );
  return Array.from({ length: seconds }, (_, second) => ({
    c: 12,
    t: T0 + second * 1000,
    s: Array.from({ length: 360 }, (__, i) => value(second + i / 360) + 0.01 * Math.sin(i)),
    p: 1000 / 360,
    h: channel,
  }));
}

async function rows(pool: Pool, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (await pool.query<Record<string, unknown>>(sql)).rows;
}

/** All effects but the moments of recording. */
async function effects(pool: Pool): Promise<unknown> {
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

describe('twin engine', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { max: 4 });
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one'), (2, 'two')`);
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  it('writes history, state, episodes, alerts and offsets in one transaction', async () => {
    const log = new Log();
    log.add(...lowGlucose('p1', 20), samples('p2', [{ c: HEART_RATE, t: T0, x: 70 }]));
    const engine = startEngine(pool);
    await drain(engine, log);
    const [twin] = await rows(pool, `SELECT version::int, as_of FROM twins WHERE patient = 'p1'`);
    expect(twin).toEqual({ version: 20, as_of: new Date(T0 + 19 * MINUTE) });
    expect(await rows(pool, 'SELECT count(*)::int AS n FROM measurements')).toEqual([{ n: 21 }]);
    const episodes = await rows(pool, 'SELECT rule, status FROM alert_episodes ORDER BY rule');
    expect(episodes.map((row) => row['rule'])).toContain('glucose-very-low');
    const told = await rows(pool, `SELECT count(*)::int AS n FROM log_records WHERE topic = '${TOPICS.alerts}'`);
    expect(told).toEqual(await rows(pool, 'SELECT count(*)::int AS n FROM alert_transitions'));
    expect(await rows(pool, 'SELECT sum(next_offset)::int AS n FROM consumer_offsets')).toEqual([{ n: 21 }]);
  });

  it('queues the deliveries of an alert in the transaction that found it, and the log adds none', async () => {
    await pool.query(
      `INSERT INTO webhooks (tenant, id, url, secret, created_by) VALUES (1, gen_random_uuid(), 'https://a.example', '', 'test')`,
    );
    const lanes: LaneKey[] = [];
    const engine = startEngine(pool, (committed) => lanes.push(...committed.lanes));
    const log = new Log();
    log.add(...lowGlucose('p1', 20));
    await drain(engine, log);
    const transitions = await rows(pool, 'SELECT id FROM alert_transitions ORDER BY id');
    expect(transitions).not.toEqual([]);
    const queued = (): Promise<unknown> => rows(pool, 'SELECT message AS id FROM deliveries ORDER BY message');
    expect(await queued()).toEqual(transitions);
    expect(new Set(lanes.map(({ tenant }) => tenant))).toEqual(new Set([1]));

    const told = await rows(pool, `SELECT value FROM log_records WHERE topic = '${TOPICS.alerts}'`);
    const records = told.map(({ value }) => JSON.parse(String(value)) as AlertRecord);
    const client = await pool.connect();
    expect(await enqueueAlerts(client, records, await activeWebhooks(client, records), Date.now())).toEqual([]);
    client.release();
    expect(await queued()).toEqual(transitions);
  });

  it('queues nothing of a transaction that fails', async () => {
    await pool.query(
      `INSERT INTO webhooks (tenant, id, url, secret, created_by) VALUES (1, gen_random_uuid(), 'https://a.example', '', 'test')`,
    );
    await pool.query('ALTER TABLE log_records ADD CONSTRAINT refused CHECK (false) NOT VALID');
    const log = new Log();
    log.add(...lowGlucose('p1', 20));
    await startEngine(pool).applier.apply(log.batches());
    expect(await rows(pool, 'SELECT count(*)::int AS n FROM deferred_records')).toEqual([{ n: 20 }]);
    for (const table of ['deliveries', 'alert_transitions', 'measurements'])
      expect(await rows(pool, `SELECT count(*)::int AS n FROM ${table}`)).toEqual([{ n: 0 }]);
  });

  it('lists accepted values that came to nothing for their sender', async () => {
    const log = new Log();
    const far = { receivedAt: T0 };
    log.add(
      samples('p1', [
        { c: HEART_RATE, t: T0, x: 70 },
        { c: 999, t: T0, x: 1, i: 'their-id' },
      ]),
      samples('p1', [{ c: HEART_RATE, t: T0 + 48 * 60 * MINUTE, x: 70 }], far),
    );
    await drain(startEngine(pool), log);
    const found = await listRejections(pool, 1, { limit: 10, patient: 'p1', door: 'http' });
    expect(found).toMatchObject([
      { code: 'ahead-of-receipt', patient: 'p1', sample: { code: 'heart-rate', value: 70, source: 'watch' } },
      { code: 'measure-unknown', patient: 'p1', sample: { code: 999, id: 'their-id' } },
    ]);
    expect(found[0]!.request).toMatch(/patient-input\.v1:\d+:1$/);
    await drain(startEngine(pool), log);
    expect(await listRejections(pool, 1, { limit: 10 })).toHaveLength(2);
  });

  it('stores how values were judged, and judges stored ones again when late values show more', async () => {
    const log = new Log();
    const oxygen = (t: number, x: number): WireSample => ({ c: 3, t, x });
    log.add(samples('p1', [oxygen(T0, 97), oxygen(T0 + 1000, 97)]), samples('p1', [oxygen(T0 + 3000, 85)]));
    const engine = startEngine(pool);
    await drain(engine, log);
    const shown = async (): Promise<unknown> => {
      const [{ key }] = (await rows(pool, 'SELECT key::text FROM twins')) as [{ key: string }];
      const found = await listMeasurements(pool, 1, key, { codes: [3], limit: 10 });
      return found.map(({ value, quality }) => [value, quality]);
    };
    expect(await shown()).toEqual([
      [97, 0],
      [97, 0],
      [85, 1],
    ]);
    log.add(samples('p1', [oxygen(T0 + 2000, 85.5)]));
    await drain(engine, log);
    expect(await shown()).toEqual([
      [97, 0],
      [97, 0],
      [85.5, 1],
      [85, 0],
    ]);
    await drain(startEngine(pool), log);
    expect(await rows(pool, 'SELECT count(*)::int AS n FROM measurement_judgements')).toEqual([{ n: 1 }]);
  });

  it('writes what was suppressed with its reason, and of a rule in shadow nothing else', async () => {
    const log = new Log();
    const falling = [150, 146, 141, 136, 130, 124, 117, 110, 102, 94, 86, 79, 73, 68, 64];
    falling.forEach((x, i) => {
      const t = T0 + i * 5 * MINUTE;
      log.add(samples('p1', [{ c: GLUCOSE, t, x }], { receivedAt: t + 1000 }));
    });
    await drain(startEngine(pool), log);
    const quiet = await rows(pool, 'SELECT rule, reason, by_episode FROM alert_suppressions');
    expect(quiet).toContainEqual({ rule: 'glucose-low-soon-early', reason: 'shadow', by_episode: null });
    const told = await rows(pool, 'SELECT DISTINCT rule FROM alert_episodes ORDER BY rule');
    expect(told.map((row) => row['rule'])).toEqual(['glucose-low', 'glucose-low-soon']);
  });

  it('applies nothing twice when the same records come again, in any batches', async () => {
    const log = new Log();
    log.add(...lowGlucose('p1', 20), ...lowGlucose('p2', 5));
    const engine = startEngine(pool);
    await drain(engine, log, 3);
    const before = await effects(pool);
    await drain(engine, log, 50);
    await drain(startEngine(pool), log, 4);
    expect(await effects(pool)).toEqual(before);
  });

  it('seeks back for a batch ahead of its store, and skips only what the log has lost', async () => {
    const log = new Log();
    log.add(...lowGlucose('p1', 10));
    let kept = 0n;
    const engine = startEngine(pool, undefined, () => kept);
    await engine.applier.apply(log.batches(undefined, 2));
    const ahead = log.batches(() => 5n);
    expect(await engine.applier.apply(ahead)).toEqual([{ kind: 'seek', offset: 2n }]);
    expect(await engine.applier.apply(ahead)).toEqual([{ kind: 'seek', offset: 2n }]);
    kept = 4n;
    expect(await engine.applier.apply(ahead)).toEqual([{ kind: 'seek', offset: 4n }]);
    kept = 5n;
    expect(await engine.applier.apply(ahead)).toEqual([{ kind: 'applied' }]);
    expect(engine.problems.join()).toContain('3 records are gone');
  });

  it('loses and repeats nothing when it crashes before or after any commit', async () => {
    const log = new Log();
    log.add(...lowGlucose('p1', 12), ...lowGlucose('p2', 12));
    const reference = startEngine(pool);
    await drain(reference, log, 3);
    const expected = await effects(pool);

    const other = await createTestDatabase();
    const otherPool = createPool(other.url, { max: 4 });
    try {
      await otherPool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one'), (2, 'two')`);
      for (let round = 0; ; round++) {
        // Every round is a process of its own; it starts where the offsets say, and dies in its first or second transaction.
        const engine = startEngine(otherPool);
        const offsets = await otherPool.query<{ partition: number; next: string }>(
          'SELECT "partition", next_offset AS next FROM consumer_offsets',
        );
        const next = new Map(offsets.rows.map((row) => [row.partition, BigInt(row.next)]));
        const batches = log.batches((partition) => next.get(partition) ?? 0n, 3);
        if (batches.length === 0) break;
        if (round % 2 === 0) await crashBeforeCommit(otherPool, engine, batches);
        else await engine.applier.apply(batches);
      }
      expect(await effects(otherPool)).toEqual(expected);
    } finally {
      await otherPool.end();
      await other.drop();
    }
  });

  it('lets two engines that both believe to own a partition do no harm', async () => {
    const log = new Log();
    log.add(...Array.from({ length: 8 }, (_, i) => lowGlucose(`p${i}`, 10)).flat());
    const engines = [startEngine(pool), startEngine(pool), startEngine(pool)];
    await Promise.all(engines.map((engine, index) => drain(engine, log, 2 + index)));
    expect(await rows(pool, 'SELECT count(*)::int AS n FROM measurements')).toEqual([{ n: 80 }]);
    const fresh = await createTestDatabase();
    const freshPool = createPool(fresh.url);
    try {
      await freshPool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one'), (2, 'two')`);
      await drain(startEngine(freshPool), log, 1_000);
      expect(await effects(pool)).toEqual(await effects(freshPool));
    } finally {
      await freshPool.end();
      await fresh.drop();
    }
  });

  it('puts poison aside with its reason, and its neighbours go through', async () => {
    const log = new Log();
    log.add(samples('p1', [{ c: HEART_RATE, t: T0, x: 70 }]));
    log.add({ key: '1/p1', value: '{"v":1,' }, { key: '1/p1', value: '[]' });
    log.add({ key: '1/p1', value: JSON.stringify(samples('p2', [{ c: HEART_RATE, t: T0, x: 70 }])) });
    // A tenant that does not exist: only the database finds out.
    log.add({ ...samples('p1', [{ c: HEART_RATE, t: T0, x: 70 }]), tenant: 77 });
    // A NUL that no gateway lets through: the database refuses the whole statement.
    log.add(samples('p1', [{ c: HEART_RATE, t: T0 + 1, x: 71 }], { source: 'a\u0000b' }));
    log.add(samples('p1', [{ c: HEART_RATE, t: T0 + 2, x: 72 }]));
    const engine = startEngine(pool);
    await drain(engine, log, 100);
    await drain(startEngine(pool), log, 100);
    expect(await rows(pool, 'SELECT value FROM measurements ORDER BY effective_at')).toEqual([
      { value: 70 },
      { value: 72 },
    ]);
    const deadLetters = await rows(pool, 'SELECT tenant, key, reason FROM dead_letters ORDER BY tenant, "offset"');
    expect(deadLetters).toHaveLength(5);
    expect(deadLetters.map((deadLetter) => deadLetter['reason'])).toEqual(
      expect.arrayContaining(['not JSON', 'not an object', 'under the key of another patient']),
    );
    expect(deadLetters.at(-1)).toMatchObject({ tenant: 77 });
  });

  it('knows a duplicate, a correction and a withdrawal by identity, also within one batch', async () => {
    const log = new Log();
    const one: WireSample = { c: GLUCOSE, t: T0, x: 100, i: 'r1' };
    log.add(samples('p1', [one]), samples('p1', [one]), samples('p1', [{ ...one, x: 110 }]));
    await drain(startEngine(pool), log, 2);
    log.add(samples('p1', [{ ...one, x: 110 }]), samples('p1', [{ ...one, x: 110, w: 1 }]));
    const engine = startEngine(pool);
    await drain(engine, log, 100);
    const versions = await rows(
      pool,
      'SELECT version, value, retracted, superseded_at IS NULL AS newest FROM measurements ORDER BY version',
    );
    expect(versions).toEqual([
      { version: 1, value: 100, retracted: false, newest: false },
      { version: 2, value: 110, retracted: false, newest: false },
      { version: 3, value: 110, retracted: true, newest: true },
    ]);
    const results = engine.committed.flatMap((done) => done.results);
    expect(results.reduce((sum, { counts }) => sum + counts.duplicates, 0)).toBe(1);
  });

  it('finds a derived identity again however late it is repeated', async () => {
    const log = new Log();
    log.add(samples('p1', [{ c: HEART_RATE, t: T0, x: 70 }]));
    log.add(samples('p1', [{ c: HEART_RATE, t: T0 + 3 * 24 * 60 * MINUTE, x: 71 }]));
    log.add(samples('p1', [{ c: HEART_RATE, t: T0, x: 70 }]));
    await drain(startEngine(pool), log, 1);
    expect(await rows(pool, 'SELECT count(*)::int AS n FROM measurements')).toEqual([{ n: 2 }]);
  });

  it('gives the same whatever the size of batches, with late, doubled and corrected records', async () => {
    const log = new Log();
    for (const patient of ['p1', 'p2', 'p3']) {
      const list = lowGlucose(patient, 30);
      const [late] = list.splice(10, 1);
      const corrected = samples(patient, [{ c: GLUCOSE, t: T0 + 5 * MINUTE, x: 120 }]);
      log.add(
        ...list,
        late!,
        late!,
        corrected,
        samples(patient, [{ c: GLUCOSE, t: T0 + 40 * MINUTE, x: 130, i: 'own' }]),
      );
      log.add(samples(patient, [{ c: GLUCOSE, t: T0 + 41 * MINUTE, x: 131, i: 'own' }]));
    }
    await drain(startEngine(pool), log, 1);
    for (const most of [2, 13, 1_000]) {
      const other = await createTestDatabase();
      const otherPool = createPool(other.url);
      try {
        await otherPool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one'), (2, 'two')`);
        await drain(startEngine(otherPool), log, most);
        expect(await effects(otherPool)).toEqual(await effects(pool));
      } finally {
        await otherPool.end();
        await other.drop();
      }
    }
  });

  it('judges late waveforms and intervals the same from its memory and from the store', async () => {
    const log = new Log();
    const ecg = ecgSeconds(70, [...every(0.5, 25, 0.8), ...every(36, 70, 0.8)], 'II');
    const other = ecgSeconds(70, [...every(0.5, 25, 0.8), ...every(36, 70, 0.8)], 'V1');
    // Thirds of a millisecond, and beats that single precision would cut.
    const run = { c: 2, t: T0, s: Array.from({ length: 60 }, (_, i) => 800 + 100 / 3 + i / 7) };
    const all = [...ecg.slice(0, 30), ...ecg.slice(45), ...other.slice(15, 40), ...ecg.slice(30, 45)];
    log.add(samples('p1', [run]), ...all.map((chunk) => samples('p1', [chunk])));
    log.add({ v: 1, kind: 'tick', tenant: 1, patient: 'p1', receivedAt: T0 + 60 * MINUTE });
    log.add(
      samples('p1', [
        { ...run, t: T0 - 5 * MINUTE },
        { c: HEART_RATE, t: T0 + 61 * MINUTE, x: 70 },
      ]),
    );
    await drain(startEngine(pool), log, 1);
    const inMemory = await createTestDatabase();
    const otherPool = createPool(inMemory.url);
    try {
      await otherPool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one'), (2, 'two')`);
      await drain(startEngine(otherPool), log, 1_000);
      expect(await effects(otherPool)).toEqual(await effects(pool));
    } finally {
      await otherPool.end();
      await inMemory.drop();
    }
    const found = await rows(
      pool,
      `SELECT severity, status, alert->>'effectiveAt' AS at, alert->>'resolvedAt' AS over FROM alert_episodes
       WHERE rule = 'asystole' AND status <> 'retracted'`,
    );
    expect(found).toMatchObject([{ severity: 'high' }]);
  }, 120_000);

  it('answers what was known at a time', async () => {
    const log = new Log();
    log.add(samples('p1', [{ c: GLUCOSE, t: T0, x: 100, i: 'r1' }]));
    const engine = startEngine(pool);
    await drain(engine, log);
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.add(samples('p1', [{ c: GLUCOSE, t: T0, x: 140, i: 'r1' }]));
    await drain(engine, log);
    const [first, second] = engine.committed.map(({ now }) => now);
    const known = (at: number) =>
      rows(
        pool,
        `SELECT value FROM measurements WHERE recorded_at <= to_timestamp(${at} / 1000.0)
         AND (superseded_at IS NULL OR superseded_at > to_timestamp(${at} / 1000.0))`,
      );
    expect(await known(first! - 1)).toEqual([]);
    expect(await known(second! - 1)).toEqual([{ value: 100 }]);
    expect(await known(second!)).toEqual([{ value: 140 }]);
  });
});

describe('hot state after a commit', () => {
  let database: TestDatabase;
  let pool: Pool;
  let hot: HotState;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    hot = createHotState(undefined);
  });
  afterAll(async () => {
    await hot.close();
    await pool.end();
    await database.drop();
  });

  it('shows the newest twin with the moment of recording, also of a twin that was loaded', async () => {
    const views = new HotViews(hot, DEFAULT_CATALOGUE, (error) => {
      throw error;
    });
    const log = new Log();
    log.add(samples('p1', [{ c: HEART_RATE, t: T0, x: 70 }]));
    await drain(
      startEngine(pool, (committed) => views.show(committed)),
      log,
    );
    const [{ at }] = (await rows(pool, 'SELECT recorded_at AS at FROM measurements')) as [{ at: Date }];
    log.add(samples('p1', [{ c: GLUCOSE, t: T0, x: 100 }]));
    await drain(
      startEngine(pool, (committed) => views.show(committed)),
      log,
    );
    await views.settled();
    const held = await hot.get(1, 'p1');
    expect(held?.version).toBe(2);
    expect(JSON.parse(held?.view ?? '')).toMatchObject({
      patient: 'p1',
      version: 2,
      measures: { 'heart-rate': { value: 70, recordedAt: at.toISOString() }, glucose: { value: 100 } },
    });
  });
});

/** The database connection goes right before the commit. */
async function crashBeforeCommit(pool: Pool, engine: Engine, batches: readonly Batch[]): Promise<void> {
  const killer = await pool.connect();
  try {
    // Holds a lock that the transaction needs last, and ends its session while it waits there.
    await killer.query('BEGIN');
    await killer.query('LOCK TABLE consumer_offsets IN SHARE MODE');
    const applying = engine.applier.apply(batches);
    for (;;) {
      // Not by the killer: within a transaction the view never changes.
      const { rows: waiting } = await pool.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      if (waiting[0] !== undefined) {
        await killer.query('SELECT pg_terminate_backend($1)', [waiting[0].pid]);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const outcomes = await applying;
    expect(outcomes.every((outcome) => outcome.kind === 'retry')).toBe(true);
    await killer.query('ROLLBACK');
  } finally {
    killer.release();
  }
}
