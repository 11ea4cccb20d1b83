import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import type { Alert, AlertRecord } from '#libs/contracts';
import { rehearsalPool } from '#libs/platform/storage';
import { activeWebhooks, enqueueAlerts, LaneStore } from '#libs/platform/delivery';
import { createSender } from './lanes/sender.js';

/** Connections that learn the statements. */
const CONNECTIONS = 4;
const ROUNDS = 3;
const POSTS = 20;
const SECRET = `whsec_${randomBytes(24).toString('base64')}`;

/**
 * Queues, looks up and notes a made-up alert in transactions that are rolled back, and posts a few signed messages to a server of
 * its own that ends here: the first alert after a start is as quick as the hundredth, and nothing is left.
 */
export async function warmUp(pool: Pool): Promise<void> {
  await Promise.all([...Array.from({ length: CONNECTIONS }, () => rehearse(pool)), post()]);
}

async function rehearse(pool: Pool): Promise<void> {
  const webhook = randomUUID();
  const begin = `INSERT INTO webhooks (tenant, id, url, secret, created_by) VALUES (0, '${webhook}', '', '', 'warm-up')`;
  const client = await rehearsalPool(pool, begin).connect();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await client.query('BEGIN');
      const now = Date.now();
      const record = madeUp(now);
      await enqueueAlerts(client, [record], await activeWebhooks(client, [record]), now);
      const store = new LaneStore(client);
      const view = await store.look(0, webhook, { now, inFlight: [], fresh: 256, again: 64 });
      const results = (view?.fresh ?? []).map(({ message }) => ({
        message,
        attempt: 1,
        tries: 1,
        at: now,
        milliseconds: 1,
        httpStatus: 200,
        error: null,
        status: 'delivered' as const,
        next: null,
      }));
      await store.record(0, webhook, results);
      await client.query('COMMIT');
    }
  } finally {
    client.release();
  }
}

async function post(): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sender = createSender(`http://${host}/`, { allowedHosts: [host] }, 1);
  try {
    const secrets = [{ secret: SECRET, until: null }];
    for (let index = 0; index < POSTS; index += 1) {
      await sender.send({ message: randomUUID(), body: '{}', now: Date.now() }, secrets);
    }
  } finally {
    await sender.close();
    server.close();
  }
}

function madeUp(now: number): AlertRecord {
  const at = new Date(now).toISOString();
  const episode = randomUUID();
  const alert: Alert = {
    id: episode,
    episode,
    sequence: 1,
    patient: 'warm-up',
    rule: { id: 'warm-up', version: '', title: '' },
    category: 'technical',
    severity: 'low',
    status: 'open',
    transition: 'raised',
    effectiveAt: at,
    raisedAt: at,
    lateSeconds: 0,
    summary: '',
    evidence: [],
    threshold: null,
    explanation: { why: '', clears: '', precision: { useful: 0, notUseful: 0, share: null } },
    disclaimer: '',
  };
  return { v: 1, tenant: 0, patient: 'warm-up', transition: randomUUID(), sequence: 1, receivedAt: now, alert };
}
