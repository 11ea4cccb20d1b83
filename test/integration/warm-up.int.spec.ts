import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import type { Pool } from 'pg';
import { connectionsToWarm, createPool } from '#libs/platform/storage';
import { createTestDatabase } from '#libs/testing';
import { warmUp as warmUpDispatcher } from '../../apps/alert-dispatcher/src/warm-up.js';
import { Subjects } from '../../apps/wearable-gateway/src/senders/subjects.js';
import { warmUp as warmUpGateway } from '../../apps/wearable-gateway/src/warm-up.js';
import { warmUp } from '../../apps/twin-engine/src/warm-up.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url);
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('a warm-up goes all the way, leaves no row in any table, and the connections as they were', async () => {
  const before = await rowsByTable();
  // More than are kept, as after a start.
  const open = await Promise.all(Array.from({ length: 7 }, () => pool.connect()));
  for (const client of open) client.release();
  expect(await warmUp(pool, DEFAULT_CATALOGUE)).toEqual([]);
  await warmUpDispatcher(pool);
  const tokens = {
    issue: () => Promise.resolve({ token: '', expiresInSeconds: 1 }),
    verifyToken: () => Promise.resolve(undefined),
    rehearse: async (_: readonly string[], work: (token: string) => Promise<unknown>) => void (await work('t')),
  };
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    request.resume().on('end', () => response.writeHead(202).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await warmUpGateway({ pool, tokens, subjects: new Subjects(pool, Date.now), now: Date.now, url });
  server.close();
  expect(new Set(requests)).toEqual(new Set(['POST /v1/samples Bearer t']));
  expect(await rowsByTable()).toEqual(before);
  // It came as far as the alert: its statement is prepared on the connections.
  const clients = await Promise.all(Array.from({ length: 7 }, () => pool.connect()));
  try {
    for (const client of clients) {
      const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_prepared_statements');
      expect(rows.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['lane-look', 'lane-record', 'deliveries-enqueue', 'offsets-move', 'log-append-notify']),
      );
      await client.query('BEGIN');
      await client.query(`INSERT INTO tenants (key, id) VALUES ($1, $2)`, [
        1000 + clients.indexOf(client),
        `t${clients.indexOf(client)}`,
      ]);
      await client.query('COMMIT');
    }
  } finally {
    for (const client of clients) client.release();
  }
  expect((await rowsByTable())['tenants']).toBe((before['tenants'] ?? 0) + 7);
}, 60_000);

it('the connections that know the statements stay, however long nothing happens', async () => {
  const idle = createPool(database.url, { idleTimeoutMs: 50 });
  try {
    const clients = await Promise.all(Array.from({ length: 8 }, () => idle.connect()));
    for (const client of clients) client.release();
    expect(idle.totalCount).toBe(8);
    for (let waited = 0; idle.totalCount > 4 && waited < 5_000; waited += 50) await pause(50);
    await pause(200);
    expect(idle.totalCount).toBe(4);
    expect(connectionsToWarm(idle)).toBe(4);
  } finally {
    await idle.end();
  }
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function rowsByTable(): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const answer = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${name}"`);
    counts[name] = answer.rows[0]?.n ?? 0;
  }
  return counts;
}
