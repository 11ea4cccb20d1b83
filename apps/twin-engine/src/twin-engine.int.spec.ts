import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { TOPICS, type AlertRecord, type WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { activeWebhooks, enqueueAlerts, type LaneKey } from '#libs/platform/delivery';
import { createHotState, listMeasurements, listRejections, type HotState } from '#libs/platform/storage';
import {
  drain,
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
import { HotViews } from './write/hot-views.js';

describe('twin engine', () => {
  let database: Awaited<ReturnType<typeof openDatabase>>;
  let pool: Pool;

  beforeEach(async () => {
    database = await openDatabase();
    ({ pool } = database);
  });
  afterEach(() => database.drop());

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
  let database: Awaited<ReturnType<typeof openDatabase>>;
  let pool: Pool;
  let hot: HotState;

  beforeAll(async () => {
    database = await openDatabase();
    ({ pool } = database);
    hot = createHotState(undefined);
  });
  afterAll(async () => {
    await hot.close();
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
