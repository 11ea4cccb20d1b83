import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { twinKey, TOPICS, type PatientInput } from '#libs/contracts';
import { unpackForecast } from '#libs/domain/ledger';
import { PACKS } from '#libs/domain/packs';
import { catalogueOf } from '#libs/domain/twin';
import { partitionOf, type Batch, type LogRecord } from '#libs/platform/messaging';
import { createPool, SourceKeys } from '#libs/platform/storage';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { GLUCOSE, MINUTE, T0, TREND } from '#libs/testing/ward';
import { BatchApplier } from './apply/apply-batches.js';
import { Backlog } from './backlog/backlog.js';
import { DeferredPatients } from './backlog/deferred-patients.js';
import { TwinCache } from './apply/twin-cache.js';

const CATALOGUE = catalogueOf(PACKS, [TREND]);
const HEAD = { v: 1, tenant: 1, patient: 'p1' } as const;

/** Two hours and a half of glucose with a correction, a demotion and a fit on the way. */
function story(): readonly PatientInput[] {
  const records: PatientInput[] = [];
  for (let slot = 0; slot < 30; slot++) {
    const t = T0 + slot * 5 * MINUTE;
    const head = { ...HEAD, kind: 'samples', source: 'cgm', device: '', receivedAt: t + 1000 } as const;
    records.push({
      ...head,
      samples: [{ c: GLUCOSE, t, x: Math.round(120 + 15 * Math.sin(slot / 3)), i: `g-${slot}` }],
    });
    if (slot === 12) records.push({ ...head, samples: [{ c: GLUCOSE, t: t - 10 * MINUTE, x: 112, i: 'g-10' }] });
    if (slot === 20) {
      const status = {
        model: 'glucose-forecast',
        code: GLUCOSE,
        status: 'demoted',
        reason: 'worse',
        skill: -0.1,
        n: 250,
      } as const;
      records.push({ ...HEAD, kind: 'model-status', receivedAt: t + 2000, status });
    }
    if (slot === 25) {
      const fit = { model: 'glucose-forecast', modelVersion: '1', version: 1, fittedAt: t, dataFrom: T0, dataUntil: t };
      const parameters = { ...fit, estimates: { damping: 0.5 }, spread: [], report: { rmse: 9 } };
      records.push({ ...HEAD, kind: 'model-parameters', receivedAt: t + 2000, parameters });
    }
  }
  return records;
}

function batchOf(records: readonly PatientInput[], first: number): Batch {
  const key = twinKey(1, 'patient', 'p1');
  const partition = partitionOf(key, 12);
  const logged = records.map((record, i): LogRecord => {
    const offset = BigInt(first + i);
    return {
      topic: TOPICS.patientInput,
      partition,
      offset,
      key,
      value: JSON.stringify(record),
      headers: {},
      appendedAt: 0,
    };
  });
  const signal = new AbortController().signal;
  return { topic: TOPICS.patientInput, partition, records: logged, signal, heartbeat: () => Promise.resolve() };
}

describe('forecasts in the transaction of the engine', () => {
  const open: { database: TestDatabase; pool: Pool }[] = [];

  /** The story, in batches of this size; a new engine after each when `restarts`. */
  async function run(size: number, restarts = false): Promise<Pool> {
    const database = await createTestDatabase();
    const pool = createPool(database.url);
    open.push({ database, pool });
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    const shared = {
      pool,
      sources: new SourceKeys(),
      catalogue: CATALOGUE,
      onCommitted: () => undefined,
      onProblem: ({ reason }: { readonly reason: string }) => {
        throw new Error(reason);
      },
    };
    const engine = (): BatchApplier => {
      const deferred = new DeferredPatients();
      const firstKept = (): Promise<bigint> => Promise.resolve(0n);
      return new BatchApplier({ ...shared, cache: new TwinCache(10_000_000), deferred, firstKept });
    };
    const backlog = new Backlog({ ...shared, sliceMs: 100 });
    let applier = engine();
    const records = story();
    for (let first = 0; first < records.length; first += size) {
      expect(await applier.apply([batchOf(records.slice(first, first + size), first)])).toEqual([{ kind: 'applied' }]);
      // What takes the core longer than a live transaction may waits for the backlog lane.
      await until(async () => {
        if ((await pool.query('SELECT 1 FROM deferred_records LIMIT 1')).rowCount === 0) return true;
        backlog.wake();
        return false;
      });
      if (restarts) applier = engine();
    }
    await backlog.stop();
    return pool;
  }

  async function stored(pool: Pool): Promise<unknown> {
    const forecasts = await pool.query(
      `SELECT model, code, version, block, issued_at, encode(content, 'hex') AS content, refusal, words FROM forecasts ORDER BY version`,
    );
    const blocks = await pool.query('SELECT model, code, block FROM forecast_blocks ORDER BY block');
    const twins = await pool.query('SELECT version, snapshot FROM twins');
    return { forecasts: forecasts.rows, blocks: blocks.rows, twins: twins.rows };
  }

  let whole: Pool;
  beforeAll(async () => {
    whole = await run(1000);
  }, 60_000);
  afterAll(async () => {
    for (const { database, pool } of open) {
      await pool.end();
      await database.drop();
    }
  });

  it('are one for each record that brings an input, with what followed from the log at its place', async () => {
    const { rows } = await whole.query<{ content: Buffer | null; issued: number; refusal: string | null }>(
      `SELECT content, refusal, (extract(epoch FROM issued_at) * 1000)::float8 AS issued FROM forecasts ORDER BY version`,
    );
    expect(rows).toHaveLength(31);
    expect(rows[0]).toMatchObject({ refusal: 'too-little-data', content: null });
    const read = rows.slice(1).map(({ content, issued }) => unpackForecast(content!, issued));
    expect(read.map(({ status }) => status).indexOf('demoted')).toBe(21);
    expect(read.map(({ parameters }) => parameters).indexOf('personal')).toBe(26);
    expect(read.at(-1)!.points.map(({ minutes }) => minutes)).toEqual([15, 30]);
    const audit = await whole.query('SELECT act, target FROM audit');
    expect(audit.rows).toEqual([{ act: 'model-demoted', target: 'Patient/p1' }]);
    const fits = await whole.query(`SELECT content -> 'report' AS report FROM model_parameters`);
    expect(fits.rows).toEqual([{ report: { rmse: 9 } }]);
  });

  it('lists each block of the ledger once', async () => {
    const { rows } = await whole.query<{ n: number; due: number }>(
      'SELECT count(*)::int AS n, count(due_at)::int AS due FROM forecast_blocks',
    );
    expect(rows).toEqual([{ n: 3, due: 3 }]);
  });

  it.each([
    [1, false],
    [7, true],
    [1, true],
  ])(
    'are the same rows when batches of %d are applied, by engines that start anew: %s',
    async (size, restarts) => {
      expect(await stored(await run(size, restarts))).toEqual(await stored(whole));
    },
    60_000,
  );
});
