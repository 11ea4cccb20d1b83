import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { TOPICS, twinKey, type Alert, type AlertRecord } from '#libs/contracts';
import { LaneStore } from '#libs/platform/delivery';
import { applyOnce, type Batch } from '#libs/platform/messaging';
import { connectionsToWarm, rehearsalPool } from '#libs/platform/storage';
import { Lane } from './lanes/endpoint-lane.js';
import { OFFSETS, queueDeliveries } from './pipeline.js';

const ROUNDS = 5;
const SECRET = `whsec_${randomBytes(24).toString('base64')}`;

/**
 * Takes a made-up alert record all the way through the dispatcher's own code, in transactions that are rolled back and to a server of its own
 * that ends here: the first alert after a start is as quick as the hundredth, and nothing is left.
 */
export async function warmUp(pool: Pool): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Partitions that no topic has, and that two processes which start together do not share.
  const first = randomInt(1, 2 ** 30);
  try {
    await Promise.all(
      Array.from({ length: connectionsToWarm(pool) }, (_, index) => rehearse(pool, host, -first - index)),
    );
  } finally {
    server.close();
  }
}

async function rehearse(pool: Pool, host: string, partition: number): Promise<void> {
  const webhook = randomUUID();
  const begin = `INSERT INTO webhooks (tenant, id, url, secret, created_by)
    VALUES (0, '${webhook}', 'http://${host}/', '${SECRET}', 'warm-up')`;
  const consumer = {
    pool: rehearsalPool(pool, begin),
    log: { ends: () => Promise.resolve([]) },
    offsets: OFFSETS,
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    await applyOnce(consumer, batchOf(madeUp(Date.now()), partition), async (client, records) => {
      await queueDeliveries(client, records, Date.now());
      const lane: Lane = new Lane(0, webhook, {
        webhooks: { disable: () => Promise.resolve() },
        store: new LaneStore(client),
        rules: { allowedHosts: [host] },
        now: Date.now,
        onSent: () => lane.stop(),
      });
      await lane.run();
    });
  }
}

function batchOf(record: AlertRecord, partition: number): Batch {
  const { tenant, patient, receivedAt } = record;
  const place = { topic: TOPICS.alerts, partition, offset: 0n };
  const log = { ...place, key: twinKey(tenant, 'patient', patient), value: JSON.stringify(record), headers: {} };
  return {
    ...place,
    records: [{ ...log, appendedAt: receivedAt }],
    signal: new AbortController().signal,
    heartbeat: () => Promise.resolve(),
  };
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
