import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Pool, PoolClient } from 'pg';
import type { StoredMeasurement } from '#libs/domain/twin';
import { createTestDatabase } from '#libs/testing';
import { loadIdentities, loadWindows } from '../engine/load-measurements.js';
import { createPool } from '../postgres/pool.js';
import { listMeasurements, newestMeasurements } from '../read/read-measurements.js';
import { currentValues } from '../read/read-values.js';
import { writeJudgements } from './write-judgements.js';
import { writeMeasurements } from './write-measurements.js';

const T0 = Date.UTC(2026, 2, 1, 8);
const IDENTITY = '11111111-1111-8111-8111-111111111111';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: 2 });
  await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'a')`);
  await pool.query(`INSERT INTO sources (tenant, key, source) VALUES (1, 1, 'fhir')`);
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const version = (number: number, over: Partial<StoredMeasurement> = {}): StoredMeasurement => ({
  identity: IDENTITY,
  version: number,
  hash: String(number),
  code: 9,
  t: T0,
  x: 40,
  quality: 0,
  sourced: true,
  source: 'fhir',
  device: '',
  receivedAt: T0,
  retracted: false,
  ...over,
});

async function write(measurement: StoredMeasurement, before?: number): Promise<void> {
  const replaces = before === undefined ? {} : { replaces: { version: before, code: 9, t: T0 } };
  const client: PoolClient = await pool.connect();
  try {
    await writeMeasurements(client, [
      { tenant: 1, twin: '1', source: 1, measurement: { ...measurement, ...replaces } },
    ]);
  } finally {
    client.release();
  }
}

it('goes on after the 32,767th version', async () => {
  await write(version(32_767));
  await write(version(32_768, { comparator: '<' }), 32_767);
  const client = await pool.connect();
  const [found] = await loadIdentities(client, [{ tenant: 1, twin: '1', identity: IDENTITY, code: 9, t: T0 }]);
  const [window] = await loadWindows(client, [{ tenant: 1, twin: '1', code: 9, from: T0 }], 10);
  client.release();
  expect(found).toMatchObject({ version: 32_768, comparator: '<', x: 40 });
  expect(window).toMatchObject([{ version: 32_768 }]);
  const after = { effectiveAt: T0, code: 9, identity: IDENTITY, version: 32_767 };
  const page = await listMeasurements(pool, 1, '1', { codes: [9], limit: 10, after });
  expect(page).toMatchObject([{ version: 32_768, value: 40, comparator: '<', superseded: false }]);
});

it('returns every digit of a series and of its period', async () => {
  const series = [0.1, 833.333333333333, 1 / 3, 5e-324, 123_456_789, -0.001];
  const kept: StoredMeasurement[] = [
    version(1, { identity: IDENTITY.replace(/^1/, '2'), code: 2, series, sourced: false }),
    version(1, { identity: IDENTITY.replace(/^1/, '3'), code: 12, series, periodMs: 1000 / 360, sourced: false }),
    version(1, {
      identity: IDENTITY.replace(/^1/, '4'),
      code: 12,
      series: [0.125, -1.342],
      periodMs: 4,
      sourced: false,
    }),
  ];
  for (const one of kept) await write(one);
  const client = await pool.connect();
  const wanted = [2, 12].map((code) => ({ tenant: 1, twin: '1', code, from: T0 }));
  const windows = await loadWindows(client, wanted, 10);
  expect(await loadWindows(client, wanted, 1)).toEqual([windows[0], 'too-many']);
  const bounded = await loadWindows(
    client,
    [
      { tenant: 1, twin: '1', code: 12, from: T0, until: T0 },
      { tenant: 1, twin: '1', code: 12, from: T0 - 1000, until: T0 - 1 },
    ],
    10,
  );
  client.release();
  expect(windows.flat()).toMatchObject(kept);
  expect(bounded.map((window) => window.length)).toEqual([2, 0]);
  const page = await listMeasurements(pool, 1, '1', { codes: [2, 12], limit: 10 });
  expect(page.map((row) => [row.series, row.periodMs])).toEqual(kept.map((one) => [one.series, one.periodMs ?? null]));
});

it('keeps what a clock was ahead, and what it was behind', async () => {
  const other = (end: string): string => `55555555-5555-8555-8555-55555555555${end}`;
  await write(version(1, { identity: other('1'), clockShift: 62_000, sourced: false }));
  await write(version(1, { identity: other('2'), clockShift: -3_600_000, sourced: false }));
  const client = await pool.connect();
  const [window] = await loadWindows(client, [{ tenant: 1, twin: '1', code: 9, from: T0 }], 10);
  client.release();
  const shifts = (window === 'too-many' ? [] : window)
    ?.filter((one) => one.identity.startsWith('5'))
    .map((one) => one.clockShift);
  expect(shifts).toEqual([62_000, -3_600_000]);
});

it('shows, counts and loads a value as it is judged, and as it was judged at a time', async () => {
  const identity = IDENTITY.replace(/^1/, '6');
  const t = T0 + 3_600_000;
  const bad = { quality: 2, reasons: ['rate-impossible'] } as const;
  await write(version(1, { identity, t, x: 400, judged: bad, sourced: false }));
  const asked = { tenant: 1, twin: '1', code: 9, from: t, to: t + 1 };
  const shown = async (knownAt?: number): Promise<unknown> => {
    const [row] = await listMeasurements(pool, 1, '1', { codes: [9], from: t, to: t + 1, limit: 1, knownAt });
    return row && [row.quality, row.qualityReasons];
  };
  expect(await shown()).toEqual([2, ['rate-impossible']]);
  expect(await currentValues(pool, asked)).toEqual([]);
  const { rows } = await pool.query<{ now: number }>('SELECT extract(epoch FROM now())::float8 * 1000 AS now');
  const before = rows[0]!.now;
  await new Promise((resolve) => setTimeout(resolve, 20));
  const client = await pool.connect();
  const again = { identity, version: 1, code: 9, t };
  await writeJudgements(client, [
    { tenant: 1, twin: '1', judgement: { ...again, quality: 1, reasons: ['spike'] } },
    { tenant: 1, twin: '1', judgement: { ...again, quality: 0, reasons: [] } },
  ]);
  const [window] = await loadWindows(client, [{ tenant: 1, twin: '1', code: 9, from: t }], 10);
  client.release();
  expect(window).toMatchObject([{ quality: 0, judged: { quality: 0, reasons: [] } }]);
  expect(await shown()).toEqual([0, []]);
  expect(await shown(before)).toEqual([2, ['rate-impossible']]);
  expect(await newestMeasurements(pool, 1, '1', [9], t, before)).toMatchObject([{ quality: 2 }]);
  expect(await newestMeasurements(pool, 1, '1', [9], t, before + 60_000)).toMatchObject([{ quality: 0 }]);
  expect(await currentValues(pool, asked)).toMatchObject([{ values: [400] }]);
});
