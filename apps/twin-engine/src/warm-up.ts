import { randomInt } from 'node:crypto';
import type { Pool } from 'pg';
import { twinKey, TOPICS, type SamplesRecord } from '#libs/contracts';
import { CATALOGUE } from '#libs/domain/quantities';
import type { Catalogue } from '#libs/domain/twin';
import { wakeLanes } from '#libs/platform/delivery';
import type { Batch } from '#libs/platform/messaging';
import { connectionsToWarm, rehearsalPool, SourceKeys } from '#libs/platform/storage';
import { BatchApplier } from './apply/apply-batches.js';
import { DeferredPatients } from './backlog/deferred-patients.js';
import { TwinCache } from './apply/twin-cache.js';

const ROUNDS = 5;
/** Beyond every limit, so that an alert is made and written. */
const LOW_GLUCOSE = 45;
/** Transactions without alerts, of several patients: about as many as the code needs to be compiled for speed. */
const STEADY_ROUNDS = 4;
const PATIENTS = 6;
const NO_WEBHOOK = '00000000-0000-0000-0000-000000000000';
/** Usual values. */
const STEADY = {
  'heart-rate': 72,
  'oxygen-saturation': 97,
  'respiratory-rate': 15,
  'body-temperature': 36.8,
  glucose: 110,
};

/**
 * Takes a made-up patient's alert, then usual values of several, all the way through the engine's own code and statements, and rolls them back,
 * then notifies the dispatchers of a queue that nobody has: the first alert after a start is as quick as the hundredth, and nothing is left in
 * the database.
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
    for (let round = 0; round < ROUNDS; round += 1) await applier.apply([batchOf(tenant, [low(tenant)])]);
    for (let round = 0; round < STEADY_ROUNDS; round += 1) await applier.apply([batchOf(tenant, steady(tenant))]);
  });
  await Promise.all(connections);
  await wakeLanes(pool, [{ tenant: 0, webhook: NO_WEBHOOK }]);
  return problems;
}

function tenantWithWebhook(tenant: number): string {
  return `INSERT INTO tenants (key, id) VALUES (${tenant}, 'warm-up ${tenant}');
    INSERT INTO webhooks (tenant, id, url, secret, created_by) VALUES (${tenant}, gen_random_uuid(), '', '', 'warm-up')`;
}

function low(tenant: number): SamplesRecord {
  return recordOf(tenant, 'warm-up', { glucose: LOW_GLUCOSE });
}

function steady(tenant: number): readonly SamplesRecord[] {
  return Array.from({ length: PATIENTS }, (_, index) => recordOf(tenant, `warm-up-${index}`, STEADY));
}

function recordOf(tenant: number, patient: string, values: Readonly<Record<string, number>>): SamplesRecord {
  const now = Date.now();
  return {
    v: 1,
    kind: 'samples',
    tenant,
    patient,
    receivedAt: now,
    source: 'warm-up',
    device: '',
    samples: Object.entries(values).map(([name, x]) => ({ c: numberOf(name), t: now, x })),
  };
}

function numberOf(name: string): number {
  return CATALOGUE.find((measure) => measure.name === name)?.number ?? 0;
}

function batchOf(tenant: number, records: readonly SamplesRecord[]): Batch {
  const place = { topic: TOPICS.patientInput, partition: -tenant };
  return {
    ...place,
    records: records.map((record, index) => ({
      ...place,
      offset: BigInt(index),
      key: twinKey(tenant, 'patient', record.patient),
      value: JSON.stringify(record),
      headers: {},
      appendedAt: record.receivedAt,
    })),
    signal: new AbortController().signal,
    heartbeat: () => Promise.resolve(),
  };
}
