import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { WireSample } from '#libs/contracts';
import type { Batch } from '#libs/platform/messaging';
import {
  drain,
  effects,
  type Engine,
  GLUCOSE,
  HEART_RATE,
  Log,
  lowGlucose,
  MINUTE,
  openDatabase,
  rows,
  samples,
  startEngine,
  T0,
} from './twin-engine.fixture.js';

describe('twin engine, given records in whatever order, portions and number', () => {
  let database: Awaited<ReturnType<typeof openDatabase>>;
  let pool: Pool;

  beforeEach(async () => {
    database = await openDatabase();
    ({ pool } = database);
  });
  afterEach(() => database.drop());

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

    const other = await openDatabase();
    try {
      for (let round = 0; ; round++) {
        // Every round is a process of its own; it starts where the offsets say, and dies in its first or second transaction.
        const engine = startEngine(other.pool);
        const offsets = await other.pool.query<{ partition: number; next: string }>(
          'SELECT "partition", next_offset AS next FROM consumer_offsets',
        );
        const next = new Map(offsets.rows.map((row) => [row.partition, BigInt(row.next)]));
        const batches = log.batches((partition) => next.get(partition) ?? 0n, 3);
        if (batches.length === 0) break;
        if (round % 2 === 0) await crashBeforeCommit(other.pool, engine, batches);
        else await engine.applier.apply(batches);
      }
      expect(await effects(other.pool)).toEqual(expected);
    } finally {
      await other.drop();
    }
  });

  it('lets two engines that both take a partition for theirs do no harm', async () => {
    const log = new Log();
    log.add(...Array.from({ length: 8 }, (_, i) => lowGlucose(`p${i}`, 10)).flat());
    const engines = [startEngine(pool), startEngine(pool), startEngine(pool)];
    await Promise.all(engines.map((engine, index) => drain(engine, log, 2 + index)));
    expect(await rows(pool, 'SELECT count(*)::int AS n FROM measurements')).toEqual([{ n: 80 }]);
    const fresh = await openDatabase();
    try {
      await drain(startEngine(fresh.pool), log, 1_000);
      expect(await effects(pool)).toEqual(await effects(fresh.pool));
    } finally {
      await fresh.drop();
    }
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
      const other = await openDatabase();
      try {
        await drain(startEngine(other.pool), log, most);
        expect(await effects(other.pool)).toEqual(await effects(pool));
      } finally {
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
    const inMemory = await openDatabase();
    try {
      await drain(startEngine(inMemory.pool), log, 1_000);
      expect(await effects(inMemory.pool)).toEqual(await effects(pool));
    } finally {
      await inMemory.drop();
    }
    const found = await rows(
      pool,
      `SELECT severity, status, alert->>'effectiveAt' AS at, alert->>'resolvedAt' AS over FROM alert_episodes
       WHERE rule = 'asystole' AND status <> 'retracted'`,
    );
    expect(found).toMatchObject([{ severity: 'high' }]);
  }, 120_000);
});

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
