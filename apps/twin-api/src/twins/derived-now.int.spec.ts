import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { apply, createMemory, initialTwin, viewOf, writeTwin, type TwinState } from '#libs/domain/twin';
import { createHotState, createPool, type HotState } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { TwinViews } from './twin-views.js';

const MINUTE = 60_000;
const GIVEN = Date.UTC(2026, 2, 1, 12);

describe('insulin on board in the twin', () => {
  let database: TestDatabase;
  let pool: Pool;
  let hot: HotState;
  let state: TwinState;
  let now = GIVEN;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    hot = createHotState(undefined);
    const record = { v: 1, kind: 'samples', tenant: 1, patient: 'p', source: 's', device: '' } as const;
    const samples = [{ c: 18, t: GIVEN, x: 4 }];
    const outcome = apply(
      DEFAULT_CATALOGUE,
      initialTwin(DEFAULT_CATALOGUE, 1, 'p'),
      { ...record, receivedAt: GIVEN, samples },
      createMemory(),
    );
    if (outcome.kind !== 'applied') throw new Error(outcome.kind);
    ({ state } = outcome);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    await pool.query('INSERT INTO twins (tenant, patient, version, snapshot) VALUES (1, $1, $2, $3)', [
      'p',
      state.version,
      writeTwin(DEFAULT_CATALOGUE, state),
    ]);
    const view = JSON.stringify(viewOf(DEFAULT_CATALOGUE, state, GIVEN));
    await hot.put([{ tenant: 1, patient: 'p', version: state.version, view }]);
  }, 60_000);
  afterAll(async () => {
    await hot.close();
    await pool.end();
    await database.drop();
  });

  const shownAt = async (minutes: number) => {
    now = GIVEN + minutes * MINUTE;
    const { derived } = await new TwinViews(pool, DEFAULT_CATALOGUE, hot, () => now).current(1, 'p');
    return derived?.['insulin-on-board'];
  };

  it('falls as time goes on, though nothing new has come', async () => {
    expect(await shownAt(0)).toMatchObject({ value: 4, effectiveAt: new Date(GIVEN).toISOString() });
    const later = await shownAt(130);
    expect(later).toMatchObject({ effectiveAt: new Date(GIVEN + 130 * MINUTE).toISOString() });
    expect(later).toEqual(viewOf(DEFAULT_CATALOGUE, state, now).derived['insulin-on-board']);
    expect((later as { value: number }).value).toBeLessThan(2);
    expect(await shownAt(400)).toMatchObject({ value: 0 });
  });

  it('is refused after a day without a word of insulin', async () => {
    expect(await shownAt(24 * 60 + 1)).toMatchObject({ refused: 'no-recent-insulin-history' });
  });
});
