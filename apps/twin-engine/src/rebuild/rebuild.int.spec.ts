import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import {
  twinKey,
  TOPICS,
  type ActRecord,
  type AlertRecord,
  type PatientInput,
  type SamplesRecord,
  type WireSample,
} from '#libs/contracts';
import type { TwinState } from '#libs/domain/twin';
import { createEventLog, type EventLog } from '#libs/platform/messaging';
import { createHotState, createPool, twinHeads, type HotState } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { startPipeline, type Pipeline } from '../pipeline.js';
import { CATALOGUE } from '../catalogue.js';
import { findTwins } from './find-twins.js';
import { rebuildTwin } from './rebuild-twin.js';

const MINUTE = 60_000;
const [HEART_RATE, RR, OXYGEN, GLUCOSE, ECG] = [1, 2, 3, 9, 12];

describe('rebuilding a twin from the tables', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  let hot: HotState;
  const problems: string[] = [];
  const begun = Date.now() - 180 * MINUTE;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    log = createEventLog({ kafkaBrokers: undefined, pool, databaseUrl: database.url, clientId: 'test' });
    hot = createHotState(undefined);
    problems.length = 0;
  });
  afterEach(async () => {
    await log.close();
    await hot.close();
    await pool.end();
    await database.drop();
  });

  const start = (): Promise<Pipeline> =>
    startPipeline({
      pool,
      log,
      hot,
      catalogue: CATALOGUE,
      onCommitted: () => undefined,
      onProblem: ({ reason }) => problems.push(reason),
      onFailed: (reason) => problems.push(reason),
    });

  function samples(list: readonly WireSample[], receivedAt: number, more: Partial<SamplesRecord> = {}): PatientInput {
    const head = { v: 1, kind: 'samples', tenant: 1, patient: 'p1' } as const;
    return { ...head, source: 'gateway', device: 'monitor', receivedAt, samples: list, ...more };
  }

  /** A minute of vitals, with identifiers for saturations. */
  function minute(n: number): PatientInput {
    const t = begun + n * MINUTE;
    const heartRate = n < 40 || n >= 130 ? 74 + (n % 4) : 138 + (n % 3);
    return samples(
      [
        { c: HEART_RATE, t, x: heartRate },
        ...(n % 2 === 0 ? [{ c: OXYGEN, t: t + 1, x: 97 - (n % 3), i: `ox-${n}`, f: 'bedside', d: '' }] : []),
        ...(n % 5 === 0 ? [{ c: GLUCOSE, t, x: n < 120 ? 118 - (n % 10) : Math.max(48, 118 - 3 * (n - 120)) }] : []),
      ],
      t + 1_000,
    );
  }

  function act(id: string, receivedAt: number, does: ActRecord['does']): ActRecord {
    return { v: 1, kind: 'act', tenant: 1, patient: 'p1', receivedAt, act: id, actor: 'api', does };
  }

  async function send(records: readonly PatientInput[]): Promise<void> {
    for (const record of records) {
      if (record.kind === 'act')
        await pool.query(
          `INSERT INTO audit (tenant, id, at, actor, act, target, detail) VALUES (1, $1, to_timestamp($2::float8 / 1000), $3, $4, $5, $6)`,
          [
            record.act,
            record.receivedAt,
            record.actor,
            record.does.type,
            'episode' in record.does ? `Alert/${record.does.episode}` : 'Patient/p1',
            JSON.stringify(record.does),
          ],
        );
    }
    await log.append(
      records.map((record) => ({
        topic: TOPICS.patientInput,
        key: twinKey(1, 'patient', record.patient),
        value: JSON.stringify(record),
      })),
    );
  }

  /** Until all that was sent is applied, or waits for a twin that cannot be read. */
  async function settled(waiting = 0): Promise<void> {
    await until(async () => {
      const { rows } = await pool.query<{ done: boolean }>(
        `SELECT coalesce((SELECT sum(next_offset) FROM consumer_offsets WHERE topic = $1), 0)
           = (SELECT sum(next_offset) FROM log_partitions WHERE topic = $1) AND (SELECT count(*) FROM deferred_records) = $2 AS done`,
        [TOPICS.patientInput, waiting],
      );
      return rows[0]?.done === true;
    });
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error('what was waited for did not happen');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function stored(): Promise<TwinState> {
    const { rows } = await pool.query<{ snapshot: string }>(`SELECT snapshot FROM twins WHERE patient = 'p1'`);
    return JSON.parse(rows[0]!.snapshot) as TwinState;
  }

  async function rebuild(): Promise<unknown> {
    const [twin] = await twinHeads(pool, { tenant: 'one', patient: 'p1', quarantined: false });
    return rebuildTwin(pool, CATALOGUE, twin!);
  }

  async function emitted(): Promise<string[]> {
    const { rows } = await pool.query<{ value: string }>(
      `SELECT value FROM log_records WHERE topic = $1 ORDER BY "offset"`,
      [TOPICS.alerts],
    );
    return rows.map(({ value }) => {
      const { alert } = JSON.parse(value) as AlertRecord;
      return `${alert.rule.id} ${alert.transition}`;
    });
  }

  async function openEpisode(rule: string): Promise<string> {
    const { rows } = await pool.query<{ id: string }>(`SELECT id FROM alert_episodes WHERE rule = $1 AND NOT closed`, [
      rule,
    ]);
    return rows[0]!.id;
  }

  /** Everything but glucose's fall: facts, limits, a correction, a withdrawal, late values, an acknowledged tachycardia, rhythm and a lead. */
  async function live(): Promise<void> {
    const at = (n: number): number => begun + n * MINUTE;
    // The gateway writes resources and their log record in one transaction, with one time.
    await pool.query(
      `INSERT INTO fhir_resource_versions (tenant, type, id, version, content, last_updated)
       SELECT 1, type, id, 1, '{}', to_timestamp($1::float8 / 1000) FROM (VALUES ('Patient', 'p1'), ('Condition', 'c1')) AS u (type, id)`,
      [at(-1)],
    );
    await send([
      {
        v: 1,
        kind: 'clinical',
        tenant: 1,
        patient: 'p1',
        source: 'fhir',
        author: 'clinic',
        receivedAt: at(-1),
        samples: [{ c: 11, t: at(-1), x: 81.5, i: 'Observation/weight' }],
        facts: [
          { fact: 'demographics', reference: 'Patient/p1', version: 1, content: { birthDate: '1971-04-02' } },
          { fact: 'condition', reference: 'Condition/c1', version: 1, content: { code: '44054006' } },
        ],
      },
      act('00000000-0000-4000-8000-000000000001', at(0), {
        type: 'set-thresholds',
        thresholds: [{ rule: 'glucose-low', limits: { low: 75 }, reason: 'frightened by lows' }],
      }),
      ...Array.from({ length: 60 }, (_, n) => minute(n)),
      samples([{ c: OXYGEN, t: at(20) + 1, x: 91, i: 'ox-20', f: 'bedside', d: '' }], at(60) - 1_000),
      samples([{ c: OXYGEN, t: at(22) + 1, w: 1, i: 'ox-22', f: 'bedside', d: '' }], at(60) - 500),
      samples(
        [5, 6, 7].map((n) => ({ c: HEART_RATE, t: at(n) + 30_000, x: 80 })),
        at(60),
        { device: 'watch' },
      ),
    ]);
    await settled();
    await send([
      {
        v: 1,
        kind: 'model-status',
        tenant: 1,
        patient: 'p1',
        receivedAt: at(60) + 1_500,
        status: { model: 'vital-forecast', code: HEART_RATE, status: 'demoted', reason: '', skill: -0.1, n: 200 },
      },
      {
        v: 1,
        kind: 'model-parameters',
        tenant: 1,
        patient: 'p1',
        receivedAt: at(60) + 1_600,
        parameters: {
          model: 'personal-glucose',
          modelVersion: '1.0.0',
          version: 1,
          fittedAt: at(60),
          dataFrom: at(0),
          dataUntil: at(60),
          estimates: { SI: 0.5 },
          spread: [0.1],
          report: { rmse: 9 },
        },
      },
      act('00000000-0000-4000-8000-000000000002', at(60) + 2_000, {
        type: 'acknowledge',
        episode: await openEpisode('heart-rate-high'),
        note: 'seen',
      }),
      ...Array.from({ length: 40 }, (_, n) => minute(61 + n)),
      ...Array.from({ length: 40 }, (_, n) =>
        samples(
          [{ c: RR, t: at(100) + n * 8_000, s: Array.from({ length: 10 }, (__, i) => 790 + ((n + i) % 5) * 4) }],
          at(100) + (n + 1) * 8_000 + 1_000,
        ),
      ),
      ...Array.from({ length: 20 }, (_, n) =>
        samples(
          [
            {
              c: ECG,
              t: at(106) + n * 1_000,
              s: Array.from({ length: 250 }, (__, i) => (i % 200 === 0 ? 1.1 : 0.01 * Math.sin(i))),
              p: 4,
              h: 'II',
            },
          ],
          at(106) + (n + 2) * 1_000,
        ),
      ),
      ...Array.from({ length: 60 }, (_, n) => minute(110 + n)),
    ]);
    await settled();
  }

  /** As if no timer had come due since the last record: these tests have no ticker. */
  async function lastWritten(receivedAt: number): Promise<void> {
    await pool.query(`UPDATE twins SET updated_at = to_timestamp($1::float8 / 1000)`, [receivedAt]);
  }

  it('gives the twin that the engine had, all fields but its version, and emits nothing', async () => {
    const engine = await start();
    await live();
    await engine.stop();
    const before = await stored();
    const alerts = await emitted();
    expect(alerts.length).toBeGreaterThan(5);
    await lastWritten(before.heard);
    expect(await rebuild()).toEqual({ kind: 'rebuilt', records: expect.any(Number), ended: 0, wasAside: false });
    const after = await stored();
    expect(after).toEqual({ ...before, version: before.version + 1 });
    expect(Object.keys(before.forecasting!)).toEqual(['models', 'statuses', 'parameters']);
    expect(await emitted()).toEqual(alerts);
    expect(problems).toEqual([]);
    // And once more, from what is now there.
    await lastWritten(before.heard);
    await rebuild();
    expect(await stored()).toEqual({ ...before, version: before.version + 2 });

    // The engine goes on with it.
    const again = await start();
    await send([minute(170), minute(171)]);
    await settled();
    await again.stop();
    expect((await stored()).version).toBe(before.version + 4);
    expect(problems).toEqual([]);
  }, 120_000);

  it('mends a twin that could not be read: what waited is applied and its alerts are emitted, none twice', async () => {
    const first = await start();
    await live();
    await first.stop();
    const before = await emitted();
    const open = await openEpisode('glucose-very-low');
    expect(await findTwins(pool, CATALOGUE, { all: false })).toEqual([]);
    await pool.query(`UPDATE twins SET snapshot = left(snapshot, 3000) WHERE patient = 'p1'`);
    expect(await findTwins(pool, CATALOGUE, { tenant: 'other', all: false })).toEqual([]);
    expect(await findTwins(pool, CATALOGUE, { all: false })).toMatchObject([{ patient: 'p1' }]);
    const engine = await start();
    const at = (n: number): number => begun + n * MINUTE;
    // A low saturation that lasts, and somebody who has seen the low.
    const records = [
      act('00000000-0000-4000-8000-000000000003', at(170) + 2_000, { type: 'acknowledge', episode: open }),
      ...Array.from({ length: 8 }, (_, n) =>
        samples(
          [
            { c: OXYGEN, t: at(171 + n), x: 82 },
            { c: GLUCOSE, t: at(171 + n), x: 110 },
          ],
          at(171 + n) + 1_000,
        ),
      ),
    ];
    await send(records);
    await settled(9);
    expect(await findTwins(pool, CATALOGUE, { all: false })).toHaveLength(1);
    expect((await emitted()).slice(before.length)).toEqual(['twin-unreadable raised']);
    await lastWritten(at(169) + 1_000);
    expect(await rebuild()).toMatchObject({ kind: 'rebuilt', ended: 0, wasAside: true });
    await settled();
    await engine.stop();
    const more = (await emitted()).slice(before.length);
    expect(more.slice(0, 2)).toEqual(['twin-unreadable raised', 'twin-unreadable resolved']);
    expect(more).toContain('glucose-very-low acknowledged');
    expect(more.filter((one) => one === 'oxygen-saturation-low raised')).toHaveLength(1);
    expect(new Set(more).size).toBe(more.length);
    const { rows } = await pool.query(`SELECT 1 FROM dead_letters UNION ALL SELECT 1 FROM quarantined_twins`);
    expect([rows, problems]).toEqual([[], []]);
    expect((await stored()).measures[OXYGEN]?.t).toBe(at(178));
  }, 120_000);

  it('forgets no open alert, and changes nothing of a twin that others move on meanwhile', async () => {
    const engine = await start();
    await live();
    await engine.stop();
    const { heard } = await stored();
    // As if the values behind the alert had been removed by retention.
    await pool.query('DELETE FROM measurements WHERE code = $1', [GLUCOSE]);
    const open = await openEpisode('glucose-very-low');
    await lastWritten(heard);
    expect(await rebuild()).toMatchObject({ kind: 'rebuilt', ended: 0 });
    const { rules } = await stored();
    expect(rules['glucose-very-low']!.episodes).toMatchObject([{ status: 'open', end: null, sequence: 2 }]);
    expect(await openEpisode('glucose-very-low')).toBe(open);

    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('1/p1', 7307))`);
      const stays = await stored();
      expect(await rebuild()).toEqual({ kind: 'busy' });
      expect(await stored()).toEqual(stays);
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  }, 120_000);
});
