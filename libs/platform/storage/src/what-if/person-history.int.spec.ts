import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createPool, findTruths, knownValues } from '../index.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const T0 = Date.UTC(2026, 2, 1, 12);
const GLUCOSE = 9;
const BASAL = 19;
const TWIN = '7';

interface Row {
  readonly code: number;
  /** Minutes after T0: as sent, and when it was received. */
  readonly sent: number;
  readonly received: number;
  readonly x: number;
  /** By what the sender's clock was found to be ahead, min. */
  readonly ahead?: number;
  /** Key of its source; default 1. */
  readonly source?: number;
}

describe('values of a sender whose clock is wrong', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    await pool.query(
      `INSERT INTO sources (tenant, key, source, device) VALUES (1, 1, 'sensor', ''), (1, 2, 'sensor', 'Device/b')`,
    );
    const rows: readonly Row[] = [
      { code: GLUCOSE, sent: -10, received: -10, x: 100 },
      { code: GLUCOSE, sent: 8, received: -5, x: 105, ahead: 13 },
      { code: GLUCOSE, sent: 13, received: 0, x: 110, ahead: 13 },
      { code: GLUCOSE, sent: -55, received: 5, x: 115, ahead: -60 },
      { code: GLUCOSE, sent: 2880, received: 0, x: 120 },
      { code: GLUCOSE, sent: -300, received: -300, x: 90 },
      { code: GLUCOSE, sent: -299, received: -299, x: 150, source: 2 },
      { code: BASAL, sent: -118, received: -131, x: 1, ahead: 13 },
    ];
    await pool.query(
      `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, value, source, code, version, quality, sourced, identity, content_hash, clock_shift_ms)
       SELECT 1, $1, to_timestamp(t / 1000), to_timestamp(r / 1000), to_timestamp(r / 1000), x, s, c, 1, 0, TRUE, i, 1, a
       FROM unnest($2::float8[], $3::float8[], $4::float8[], $5::int2[], $6::uuid[], $7::int4[], $8::int4[]) AS u (t, r, x, c, i, a, s)`,
      [
        TWIN,
        rows.map(({ sent }) => T0 + sent * MINUTE),
        rows.map(({ received }) => T0 + received * MINUTE),
        rows.map(({ x }) => x),
        rows.map(({ code }) => code),
        rows.map(() => randomUUID()),
        rows.map(({ ahead }) => (ahead === undefined ? null : ahead * MINUTE)),
        rows.map(({ source }) => source ?? 1),
      ],
    );
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const known = (from: number, to: number) =>
    knownValues(
      pool,
      { tenant: 1, twin: TWIN, knownAt: T0 + 3 * DAY },
      { codes: [GLUCOSE, BASAL], held: [BASAL], from: T0 + from * MINUTE, to: T0 + to * MINUTE },
    );

  it('are history at the time at which rules judge them, and none where there is no such time', async () => {
    const [glucose, basal] = await known(-120, 60);
    const minutes = (times: readonly number[]) => times.map((t) => (t - T0) / MINUTE);
    expect([minutes(glucose!.times), glucose!.values]).toEqual([
      [-10, -5, 0, 5],
      [100, 105, 110, 115],
    ]);
    // It was set before the beginning, though it is dated after it, and holds.
    expect([minutes(basal!.times), basal!.values]).toEqual([[-131], [1]]);
    expect((await known(2800, 2900)).map(({ code }) => code)).toEqual([BASAL]);
  });

  it('are of their device, since a gateway sends for several, and of their source without one', async () => {
    const [glucose] = await known(-301, -298);
    expect(glucose!.sources).toEqual(['sensor', 'Device/b']);
  });

  it('are the truth of no forecast where they are ahead: they may have been measured before it', async () => {
    const target = (minutes: number) => ({
      tenant: 1,
      twin: TWIN,
      code: GLUCOSE,
      toleranceMs: 2.5 * MINUTE,
      t: T0 + minutes * MINUTE,
    });
    const found = await findTruths(pool, [target(8), target(13), target(-10), target(-55)], undefined);
    expect(found.map((truth) => truth?.x)).toEqual([undefined, undefined, 100, 115]);
  });
});
