import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { TOPICS } from '#libs/contracts';
import { LogFullError, type NewRecord } from '#libs/platform/messaging';
import { createPool } from '#libs/platform/storage';
import { createTestDatabase } from '#libs/testing';
import { StaleReplay } from './replay-stale.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url);
  const letters = [
    [1, 'twin-engine', TOPICS.patientInput, 7, 'database error 0A000'],
    [2, 'twin-engine', TOPICS.patientInput, 6, 'database error 0A000'],
    [3, 'twin-engine', TOPICS.patientInput, 5, 'not JSON'],
    [4, 'alert-dispatcher', TOPICS.alerts, 4, 'database error 0A000'],
  ] as const;
  for (const [n, group, topic, offset, reason] of letters)
    await pool.query(
      `INSERT INTO dead_letters (tenant, id, consumer_group, topic, "partition", "offset", key, value, reason, at)
       VALUES (1, $1, $2, $3, 0, $4, '1/p', $5, $6, now())`,
      [`00000000-0000-4000-8000-00000000000${n}`, group, topic, offset, `value ${n}`, reason],
    );
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** One round of a replay on a log that takes all, or is full. */
async function round(isFull = false): Promise<{ readonly appended: readonly NewRecord[]; readonly problems: number }> {
  const appended: NewRecord[] = [];
  let problems = 0;
  const replay = new StaleReplay({
    pool,
    log: {
      append: (records) => {
        if (isFull) return Promise.reject(new LogFullError(1));
        appended.push(...records);
        return Promise.resolve([]);
      },
    },
    onReplayed: () => undefined,
    onProblem: () => (problems += 1),
  });
  replay.start();
  await replay.stop();
  return { appended, problems };
}

it('records that an earlier engine dead-lettered because of a migration are appended again, in order, once', async () => {
  expect(await round(true)).toEqual({ appended: [], problems: 1 });
  // What the full log did not take waits for the next round.
  const { appended } = await round();
  expect(appended).toEqual([
    { topic: TOPICS.patientInput, key: '1/p', value: 'value 2' },
    { topic: TOPICS.patientInput, key: '1/p', value: 'value 1' },
  ]);
  expect(await round()).toEqual({ appended: [], problems: 0 });
});
