import type { Pool } from 'pg';
import type { Client } from '../test/support/system.js';
import type { WebhookReceiver } from '../test/support/webhook-receiver.js';
import { observationBundle, patientAndObservation, patientEntry, sampleBatch } from './payload.js';

/** Makes patients through the EHR gateway. */
export async function createPatients(client: Client, prefix: string, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  for (let index = 0; index < ids.length; index += 50) {
    const entry = ids.slice(index, index + 50).map(patientEntry);
    const answer = await client.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
    if (answer.status !== 200)
      throw new Error(`patients: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
  }
  return ids;
}

/** Calls `task` `count` times, `atOnce` at a time; answers each call's milliseconds. */
export async function closedLoop(
  count: number,
  atOnce: number,
  task: (index: number) => Promise<void>,
): Promise<readonly number[]> {
  const times: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const index = next;
        next += 1;
        const from = performance.now();
        await task(index);
        times.push(performance.now() - from);
      }
    }),
  );
  return times;
}

/**
 * Sends `requests` requests of `perRequest` samples, then waits until all are stored: the rate counts what was applied, with
 * state and history written, not what was accepted. A 429 waits and sends again.
 */
export async function samplesPhase(
  client: Client,
  pool: Pool,
  patients: readonly string[],
  load: { readonly requests: number; readonly perRequest: number; readonly atOnce: number; readonly base: number },
): Promise<{
  readonly perSecond: number;
  readonly seconds: number;
  readonly samples: number;
  readonly refusedFull: number;
}> {
  const before = await countMeasurements(pool);
  const samples = load.requests * load.perRequest;
  let refusedFull = 0;
  const from = performance.now();
  await closedLoop(load.requests, load.atOnce, async (index) => {
    const patient = patients[index % patients.length] ?? '';
    const start = load.base + Math.floor(index / patients.length) * load.perRequest * 1000;
    const body = JSON.stringify(sampleBatch(patient, start, load.perRequest));
    for (;;) {
      const answer = await client.samples<{ accepted: number }>(body);
      if (answer.status === 202 && answer.body.accepted === load.perRequest) return;
      if (answer.status !== 429)
        throw new Error(`samples: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
      refusedFull += 1;
      await pause(Number(answer.headers['retry-after'] ?? 1) * 1000);
    }
  });
  while ((await countMeasurements(pool)) - before < samples) {
    if (performance.now() - from > 300_000) throw new Error('the engine did not catch up within five minutes');
    await pause(50);
  }
  const seconds = (performance.now() - from) / 1000;
  return { perSecond: samples / seconds, seconds, samples, refusedFull };
}

/** 50-entry transaction bundles of observations. */
export async function bundlesPhase(
  client: Client,
  patients: readonly string[],
  bundles: number,
  entries: number,
  atOnce: number,
  base: number,
): Promise<{ readonly resourcesPerSecond: number; readonly times: readonly number[] }> {
  const from = performance.now();
  const times = await closedLoop(bundles, atOnce, async (index) => {
    const patient = patients[index % patients.length] ?? '';
    const at = base + Math.floor(index / patients.length) * entries * 1000;
    const answer = await client.fhir('POST', '', observationBundle(patient, at, entries));
    if (answer.status !== 200) throw new Error(`bundle: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
  });
  return { resourcesPerSecond: (bundles * entries) / ((performance.now() - from) / 1000), times };
}

/** Transactions of a new Patient and one Observation. */
export async function transactionsPhase(
  client: Client,
  count: number,
  atOnce: number,
  base: number,
): Promise<{ readonly perSecond: number; readonly times: readonly number[] }> {
  const from = performance.now();
  const times = await closedLoop(count, atOnce, async (index) => {
    const answer = await client.fhir('POST', '', patientAndObservation(index, base + index * 1000));
    if (answer.status !== 200)
      throw new Error(`transaction: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
  });
  return { perSecond: count / ((performance.now() - from) / 1000), times };
}

/** Open loop: `count` calls at `rate` a second, whether or not earlier ones were answered. @returns calls a second that were begun */
export async function openLoop(
  rate: number,
  count: number,
  call: (index: number, due: number) => Promise<unknown>,
): Promise<number> {
  const period = 1000 / rate;
  const pending: Promise<unknown>[] = [];
  const from = performance.now();
  const wallFrom = Date.now();
  for (let index = 0; index < count; index += 1) {
    const wait = from + index * period - performance.now();
    if (wait > 1) await pause(wait);
    pending.push(call(index, wallFrom + index * period));
  }
  const achieved = count / ((performance.now() - from) / 1000);
  await Promise.all(pending);
  return achieved;
}

/** `rate` samples a second, one a request. */
export async function steadyLoad(
  client: Client,
  patients: readonly string[],
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<void> {
  await openLoop(rate, rate * seconds, (index) =>
    client.samples(sampleBatch(patients[index % patients.length] ?? '', Date.now(), 1)),
  );
  await pause(2000);
}

/**
 * {@link openLoop} at `rate` samples a second, one sample a request. `alertsPerSecond`
 * of them are a glucose below the limit, of a patient who had a normal one before: from the moment it was due to be sent until its alert's webhook
 * arrived is one latency.
 */
export async function latencyPhase(
  client: Client,
  receiver: WebhookReceiver,
  background: readonly string[],
  subjects: readonly string[],
  {
    rate,
    alertsPerSecond,
    onBegin,
    onFirstSecond,
  }: {
    readonly rate: number;
    readonly alertsPerSecond: number;
    readonly onBegin?: () => Promise<unknown>;
    readonly onFirstSecond?: () => Promise<unknown>;
  },
): Promise<{ readonly latencies: readonly number[]; readonly missing: number; readonly achievedRate: number }> {
  const now = Date.now();
  await Promise.all(subjects.map((patient) => client.samples([glucose(patient, 110, now - 300_000)])));
  await pause(2000);
  await onBegin?.();
  const dueAt = new Map<string, number>();
  const every = Math.max(1, Math.round(rate / alertsPerSecond));
  let noted: Promise<unknown> | undefined;
  const achievedRate = await openLoop(rate, subjects.length * every, (index, due) => {
    if (index === rate) noted = onFirstSecond?.();
    const subject = index % every === 0 ? subjects[index / every] : undefined;
    if (subject === undefined)
      return client.samples(sampleBatch(background[index % background.length] ?? '', Date.now(), 1));
    dueAt.set(subject, due);
    return client.samples([glucose(subject, 60, Date.now())]);
  });
  await noted;
  await pause(3000);
  const latencies = receiver.received.flatMap((message) => {
    const due = dueAt.get(message.data.patient);
    const ours = message.type === 'alert.raised' && message.data.rule.id === 'glucose-low';
    return due !== undefined && ours ? [message.at - due] : [];
  });
  return { latencies, missing: subjects.length - latencies.length, achievedRate };
}

function glucose(patient: string, value: number, at: number): unknown {
  return { patient, code: 'glucose', value, unit: 'mg/dL', effectiveAt: new Date(at).toISOString() };
}

async function countMeasurements(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('SELECT count(*)::text AS count FROM measurements');
  return Number(rows[0]?.count ?? 0);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
