import { randomInt } from 'node:crypto';
import type { Pool } from 'pg';
import { twinKey, TOPICS, type SamplesRecord } from '#libs/contracts';
import { CATALOGUE } from '#libs/domain/quantities';
import type { Catalogue } from '#libs/domain/twin';
import type { Batch } from '#libs/platform/messaging';
import { connectionsToWarm, rehearsalPool, SourceKeys } from '#libs/platform/storage';
import { BatchApplier } from './apply/apply-batches.js';
import { DeferredPatients } from './backlog/deferred-patients.js';
import { TwinCache } from './apply/twin-cache.js';

const ROUNDS = 5;
/** Beyond every limit, so that an alert is made and written. */
const LOW_GLUCOSE = 45;

/**
 * Takes a made-up patient's alert all the way through the engine's own code and statements, and rolls it back: the first alert
 * after a start is as quick as the hundredth, and nothing is left in the database.
 *
 * @returns what went wrong, for tests; a start does not depend on it
 */
export async function warmUp(pool: Pool, catalogue: Catalogue): Promise<readonly string[]> {
  const problems: string[] = [];
  // Keys that no tenant has (they count up from 1), and that two processes which start together do not share.
  const count = connectionsToWarm(pool);
  const first = 2 ** 31 - randomInt(count, 2 ** 24);
  const connections = Array.from({ length: count }, async (_, index) => {
    const tenant = first + index - count;
    const applier = new BatchApplier({
      pool: rehearsalPool(pool, tenantWithWebhook(tenant)),
      cache: new TwinCache(0),
      deferred: new DeferredPatients(),
      sources: new SourceKeys(),
      catalogue,
      firstKept: () => Promise.resolve(0n),
      onCommitted: () => undefined,
      onProblem: ({ reason }) => problems.push(reason),
    });
    for (let round = 0; round < ROUNDS; round += 1) await applier.apply([madeUp(tenant)]);
  });
  await Promise.all(connections);
  return problems;
}

function tenantWithWebhook(tenant: number): string {
  return `INSERT INTO tenants (key, id) VALUES (${tenant}, 'warm-up ${tenant}');
    INSERT INTO webhooks (tenant, id, url, secret, created_by) VALUES (${tenant}, gen_random_uuid(), '', '', 'warm-up')`;
}

function madeUp(tenant: number): Batch {
  const now = Date.now();
  const patient = 'warm-up';
  const glucose = CATALOGUE.find(({ name }) => name === 'glucose')?.number ?? 0;
  const record: SamplesRecord = {
    v: 1,
    kind: 'samples',
    tenant,
    patient,
    receivedAt: now,
    source: 'warm-up',
    device: '',
    samples: [{ c: glucose, t: now, x: LOW_GLUCOSE }],
  };
  const place = { topic: TOPICS.patientInput, partition: -tenant };
  const log = {
    ...place,
    offset: 0n,
    key: twinKey(tenant, 'patient', patient),
    value: JSON.stringify(record),
    headers: {},
  };
  return {
    ...place,
    records: [{ ...log, appendedAt: now }],
    signal: new AbortController().signal,
    heartbeat: () => Promise.resolve(),
  };
}
